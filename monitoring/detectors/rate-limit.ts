import { z } from 'zod';
import type { Sample } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim, Severity } from '../../src/domain/finding.js';
import { REQUEST_RATE, usualRate } from '../../src/domain/request-rate.js';
import { checkLabel, valueNamed } from '../../src/domain/series.js';
import { isCountedAnew, standing, streakOf, type Side } from '../../src/domain/streak.js';
import { turnedAway } from '../../src/domain/turned-away.js';
import type { Detector, DetectorInput, Series } from './detector.js';

const options = z.object({
  /** So many readings in a row open it, and so many that speak against it close it. */
  bad: z.int().min(1).max(100).default(3),
  good: z.int().min(1).max(100).default(2),
  /** So many must be blocked, and such a share of those that are counted: one or two who ask too often are always there. */
  blocked: z.int().min(1).default(3),
  share: z.number().min(0).max(1).default(0.1),
});

type Options = z.output<typeof options>;
type Input = DetectorInput<Options>;

/**
 * A rate limiter that turns away whom it should not: our own requests, everybody behind a proxy, or many at once while no
 * more requests come in than usual. While more come in it does what it is for, and that is worth knowing alone. A
 * limiter of jobs is wrong where jobs wait and none may begin.
 */
export const rateLimit: Detector<Options> = {
  kind: 'rate-limit',
  options,
  detect: (input) => input.series.flatMap((series) => {
    if (series.check.probe === 'http') return claims(series, input, awayFrom(series, input));
    return series.check.probe === 'limiter' ? [...claims(series, input, blocking(series, input)), ...claims(series, input, stopped(series))] : [];
  }),
};

/** One thing that can be wrong with a limiter, as one check shows it. */
interface Rule {
  readonly kind: string;
  side(sample: Sample): Side;
  severity(): Severity;
  /** `since`: how long the run lasts; `still`: how long it is open, where counting began anew. */
  title(run: readonly Sample[], since: string, still: string | null): string;
  evidence(newest: Sample): readonly (string | null)[];
}

function claims(series: Series, input: Input, rule: Rule): readonly Claim[] {
  const fingerprint = `${rule.kind}:${series.check.name}`;
  const streak = streakOf(series.samples, rule.side);
  const stands = standing(streak, input.open.has(fingerprint), input.options);
  if (stands === 'absent') return [{ state: 'absent', fingerprint }];
  const newest = streak.run.at(-1);
  if (stands === 'silent' || !series.check.trusted || newest === undefined) return [];
  const since = sayDuration(input.now - (streak.run[0]?.at ?? input.now));
  const openSince = input.open.get(fingerprint);
  return [{
    state: 'present', fingerprint, kind: rule.kind, severity: rule.severity(), emergency: false,
    title: rule.title(streak.run, since, isCountedAnew(streak.run, openSince) ? sayDuration(input.now - openSince) : null), evidence: rule.evidence(newest).filter((line) => line !== null),
  }];
}

/** It answers 429 to our own checks. */
function awayFrom({ check, fields }: Series, input: Input): Rule {
  return {
    kind: 'rate-limited',
    side: (sample) => (turnedAway(sample, fields) ? 'bad' : sample.verdict === 'good' ? 'good' : null),
    severity: () => (check.critical ? 'critical' : 'warning'),
    title: (run, since, still) => `${checkLabel(check.name)}: a rate limiter turns hypercare’s checks away (status 429), ${still !== null ? `still so after ${still}` : run.length === 1 ? 'again' : `${run.length} in a row over ${since}`}`,
    evidence: () => [
      whom(input),
      sayRate(input),
      'The checks come from this machine: so does whoever comes through a proxy on it, unless the app trusts that (“trust proxy”). Let the limiter pass the checks.',
    ],
  };
}

/** Many are above the limit that the config names, or a proxy is. */
function blocking({ fields }: Series, input: Input): Rule {
  const of = (sample: Sample, name: string): number | null => valueNamed(fields, sample.values, name);
  return {
    kind: 'rate-limiter-blocking',
    side(sample) {
      const [blocked, counted] = [of(sample, 'blocked'), of(sample, 'counted')];
      if (sample.verdict !== 'good' || blocked === null || counted === null) return null;
      const many = blocked >= input.options.blocked && blocked >= counted * input.options.share;
      return blocked > 0 && (many || of(sample, 'near') === 1) ? 'bad' : 'good';
    },
    severity: () => (isAbove(input) ? 'info' : 'warning'),
    title: (run) => {
      const [blocked, counted] = [of(run.at(-1) as Sample, 'blocked') ?? 0, of(run.at(-1) as Sample, 'counted') ?? 0];
      return `its rate limiter turns away ${blocked} of the ${counted} it counts`;
    },
    evidence: ({ note }) => [
      note === null ? 'who they are is not known' : `blocked: ${note}`, sayRate(input),
      isAbove(input) ? 'More comes in than usual: it does what it is for.' : 'No more comes in than usual, or nobody knows: look whether its limit is too low, or whether a proxy stands for many.',
    ],
  };
}

function stopped({ fields }: Series): Rule {
  return {
    kind: 'rate-limiter-stopped',
    side: (sample) => {
      const count = valueNamed(fields, sample.values, 'stopped');
      return sample.verdict !== 'good' || count === null ? null : count > 0 ? 'bad' : 'good';
    },
    severity: () => 'warning',
    title: (run, since, still) => `${valueNamed(fields, run.at(-1)?.values ?? [], 'stopped') === 1 ? 'a rate limiter lets' : 'rate limiters let'} no job begin for ${still ?? since}`,
    evidence: ({ note }) => [note ?? 'which ones is not known', 'It is empty, or jobs of a worker that is gone hold its room.'],
  };
}

/** Whom it counts, from the newest look into its Redis. */
function whom({ series }: Input): string {
  const note = series.find(({ check }) => check.probe === 'limiter')?.samples.at(-1)?.note ?? null;
  return note === null ? 'whom it counts is not known: it counts in its own memory, or in a Redis that the app does not name under “uses”' : `it counts: ${note}`;
}

interface Rate {
  readonly now: number;
  readonly usual: number | null;
}

function rateOf({ series }: Input): Rate | null {
  const pm2 = series.find(({ check }) => check.probe === 'pm2');
  const now = pm2 ? valueNamed(pm2.fields, pm2.samples.at(-1)?.values ?? [], REQUEST_RATE) : null;
  return pm2 === undefined || now === null ? null : { now, usual: usualRate(pm2.baseline, pm2.fields) };
}

function isAbove(input: Input): boolean {
  const rate = rateOf(input);
  return rate !== null && rate.usual !== null && rate.now > rate.usual;
}

function sayRate(input: Input): string {
  const rate = rateOf(input);
  if (rate === null) return 'how many requests come in is not known';
  return `${rate.now} requests a second come in; ${rate.usual === null ? 'how many are usual is not known yet' : `up to ${rate.usual} are usual`}`;
}
