import type { Sample } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim, Severity } from '../../src/domain/finding.js';
import { valueNamed } from '../../src/domain/series.js';
import { standing, streakOf, type Side } from '../../src/domain/streak.js';
import type { DetectorInput, Series } from './detector.js';

/** Of its memory; with no eviction the next write may be refused. In between nothing opens and nothing closes. */
const MEMORY = { tight: 0.9, roomy: 0.85 } as const;
/** A replica that was there within this time and is not any more is missed. */
const MISSED_MS = 3_600_000;
/** For so long a restart is news. */
const NEWS_MS = 10 * 60_000;
/** An hour at the usual cadence, and some more. */
const MOST_LOOKS = 150;

/** One reading with what was before it. */
interface Look {
  /** A value of this reading. */
  readonly now: (name: string) => number | null;
  /** By how much a counter of the server grew since the reading before; null where it began anew. */
  readonly grew: (name: string) => number | null;
  /** The most of the last hour. */
  readonly most: (name: string) => number | null;
}

interface Advice {
  readonly kind: string;
  readonly severity: Severity;
  side(look: Look): Side;
  say(look: Look): string;
  /** What people do about it. */
  readonly mend: string;
}

const ADVICE: readonly Advice[] = [
  {
    kind: 'redis-memory', severity: 'warning',
    side(look) {
      const share = shareOf(look);
      if (share === null || look.now('evicts') !== 0 || share < MEMORY.roomy) return 'good';
      return share >= MEMORY.tight ? 'bad' : null;
    },
    say: (look) => `its memory is ${Math.round((shareOf(look) ?? 0) * 100)} % full, and then it refuses writes`,
    mend: 'Raise its maxmemory, let it evict, or name its cache under “invalidate”.',
  },
  {
    kind: 'redis-save-failed', severity: 'warning',
    side: ({ now }) => (now('save_failed') === 1 ? 'bad' : 'good'),
    say: () => 'it could not save its data: what is in it would be lost with it',
    mend: 'Look at its disk and its log.',
  },
  {
    kind: 'redis-rejecting', severity: 'warning',
    side: ({ grew }) => grewSide(grew('rejected')),
    say: ({ grew, now }) => `it turned ${grew('rejected') ?? 0} connections away since the last look; it takes ${now('max_clients') ?? 'few'} at once`,
    mend: 'Look who holds its connections (CLIENT LIST), or raise its maxclients.',
  },
  {
    kind: 'redis-replication', severity: 'warning',
    side: ({ now, most }) => (now('link_down') === 1 || (now('replicas') ?? 0) < (most('replicas') ?? 0) ? 'bad' : 'good'),
    say: ({ now, most }) => (now('link_down') === 1 ? 'it is a replica, and does not reach its primary' : `${now('replicas') ?? 0} of ${most('replicas') ?? 0} replicas are connected`),
    mend: 'Look at INFO replication on both sides.',
  },
  {
    // Where any key may go the operator made it a cache, and evicting is what it is for.
    kind: 'redis-evicting', severity: 'info',
    side: ({ now, grew }) => (now('evicts') === 1 ? grewSide(grew('evicted')) : 'good'),
    say: ({ grew }) => `it removed ${grew('evicted') ?? 0} keys before their time since the last look, because its memory is full`,
    mend: 'Raise its maxmemory, or let keys expire sooner.',
  },
  {
    kind: 'redis-restarted', severity: 'info',
    side: ({ now, most }) => restartSide(now('uptime_ms'), most('uptime_ms') ?? 0),
    say: ({ now }) => `it began anew ${sayDuration(now('uptime_ms') ?? 0)} ago: a restart, or another server took over`,
    mend: 'What it held in memory alone is gone, and apps that gave up to connect need a reload.',
  },
];

/** What its users do not feel yet, and its operator should know. Readings in which they cannot work say nothing of it. */
export function redisAdvice(series: Series, input: DetectorInput<{ readonly bad: number; readonly good: number }>): readonly Claim[] {
  const told = series.samples.filter(({ values, verdict }) => verdict === 'good' && valueNamed(series.fields, values, 'used_bytes') !== null).slice(-MOST_LOOKS);
  return ADVICE.flatMap((advice) => claimsOf(advice, { ...series, samples: told }, input));
}

function claimsOf(advice: Advice, series: Series, input: DetectorInput<{ readonly bad: number; readonly good: number }>): readonly Claim[] {
  const fingerprint = `${advice.kind}:advice:${series.check.name}`;
  const looks = series.samples.map((_, index) => lookAt(series, index));
  const streak = streakOf(looks, (look) => advice.side(look));
  const stands = standing(streak, input.open.has(fingerprint), input.options);
  if (stands === 'absent') return [{ state: 'absent', fingerprint }];
  const newest = streak.run.at(-1);
  if (stands === 'silent' || !series.check.trusted || newest === undefined) return [];
  return [{ state: 'present', fingerprint, kind: advice.kind, severity: advice.severity, emergency: false, title: advice.say(newest), evidence: [`${streak.run.length} readings in a row`, advice.mend] }];
}

function lookAt({ fields, samples }: Series, index: number): Look {
  const at = (sample: Sample | undefined, name: string): number | null => (sample === undefined ? null : valueNamed(fields, sample.values, name));
  const sample = samples[index] as Sample;
  return {
    now: (name) => at(sample, name),
    grew: (name) => {
      const [is, was] = [at(sample, name), at(samples[index - 1], name)];
      return is === null || was === null || is < was ? null : is - was;
    },
    most: (name) => samples.slice(0, index + 1).filter((one) => one.at > sample.at - MISSED_MS).reduce<number | null>((most, one) => Math.max(most ?? 0, at(one, name) ?? 0), null),
  };
}

function restartSide(uptimeMs: number | null, longestMs: number): Side {
  return uptimeMs === null ? null : uptimeMs < NEWS_MS && longestMs > uptimeMs + 1_000 ? 'bad' : 'good';
}

function shareOf({ now }: Look): number | null {
  const [used, max] = [now('used_bytes'), now('max_bytes')];
  return used === null || max === null || max === 0 ? null : used / max;
}

function grewSide(by: number | null): Side {
  return by === null ? null : by > 0 ? 'bad' : 'good';
}
