import type { Act } from '../../../src/domain/act.js';
import type { Baseline } from '../../../src/domain/baseline.js';
import type { Sample, Verdict } from '../../../src/domain/check.js';
import type { ResourceId } from '../../../src/domain/ids.js';
import type { DetectorInput, Series } from '../../../monitoring/detectors/detector.js';

export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const NOW = 1_800_000_000_000;
export const APP = 'app-1' as ResourceId;

export const HTTP_FIELDS = ['p50_ms', 'p95_ms', 'ok', 'tried', 'status', 'timeouts'];
export const PM2_FIELDS = ['online', 'instances', 'restarts', 'memory_bytes', 'cpu_percent', 'event_loop_p95_ms', 'uptime_ms', 'memory_share', 'errored', 'requests_per_s', 'descriptors_share', 'down', 'standing'];

/** What happened in one reading: a verdict with its values and note, at a distance from the others. */
export type Happening = Pick<Sample, 'verdict' | 'values' | 'note'>;

export function answer(ms: number): Happening {
  return { verdict: 'good', values: [ms, ms, 1, 1, 200, 0], note: null };
}

export const ok = answer(20);
export const failed: Happening = { verdict: 'bad', values: [null, null, 0, 1, 500, 0], note: 'status 500' };
export const timedOut: Happening = { verdict: 'bad', values: [null, null, 0, 1, null, 1], note: 'no answer within 2 s' };
export const refused: Happening = { verdict: 'bad', values: [null, null, 0, 1, null, 0], note: 'refused' };
export const unknown: Happening = { verdict: 'unknown', values: [], note: 'too little data' };
export const error: Happening = { verdict: 'error', values: [null, null, null, null, null, null], note: 'the name could not be resolved' };

/** A pm2 reading; memory in MiB. */
export function process(facts: { online?: number; instances?: number; memory?: number; uptimeMs?: number; share?: number; descriptors?: number; errored?: number; standing?: number; verdict?: Verdict; note?: string } = {}): Happening {
  const { online = 1, instances = 1, memory = 100, uptimeMs = HOUR, share = null, descriptors = null, errored = 0, standing = 0, verdict = 'good', note = null } = facts;
  return { verdict, values: [online, instances, 0, memory * 1_048_576, 1, 10, uptimeMs, share, errored, null, descriptors, verdict === 'bad' && standing === 0 ? 1 : 0, standing], note };
}

/** Samples `everyMs` apart, the newest `agoMs` before NOW. */
function samples(happenings: readonly Happening[], everyMs = 30_000, agoMs = 0): readonly Sample[] {
  return happenings.map((one, index) => ({
    ...one,
    checkId: 1,
    at: NOW - agoMs - (happenings.length - 1 - index) * everyMs,
    ms: one.values[0] ?? null,
  }));
}

interface SeriesFacts {
  readonly name?: string;
  readonly critical?: boolean;
  readonly trusted?: boolean;
  readonly baseline?: { readonly median: number; readonly p95: number } | null;
  readonly everyMs?: number;
  readonly agoMs?: number;
}

export function httpSeries(happenings: readonly Happening[], facts: SeriesFacts = {}): Series {
  const { name = 'http:/checkout', critical = true, trusted = true, baseline = null } = facts;
  return {
    check: { id: 1, name, probe: 'http', options: {}, critical, trusted },
    fields: HTTP_FIELDS,
    samples: samples(happenings, facts.everyMs, facts.agoMs),
    baseline: baseline === null ? null : baselineOfP50(baseline),
  };
}

export function pm2Series(happenings: readonly Happening[], facts: SeriesFacts = {}): Series {
  const { name = 'pm2', critical = true, trusted = true } = facts;
  return { check: { id: 2, name, probe: 'pm2', options: {}, critical, trusted }, fields: PM2_FIELDS, samples: samples(happenings, facts.everyMs, facts.agoMs), baseline: null };
}

function baselineOfP50(value: { readonly median: number; readonly p95: number }): Baseline {
  return { checkId: 1, releaseId: 'release-1' as Baseline['releaseId'], n: 50, values: [value, null, null, null, null, null] };
}

/** A restart by PM2 so long before NOW. */
export function restart(agoMs: number, facts: Partial<Act> = {}): Act {
  return { resourceId: APP, at: NOW - agoMs, by: 'pm2', kind: 'restart', fingerprint: null, dedupe: `restart:${agoMs}`, note: 'exited with code 1', ...facts };
}

export function inputOf<O>(options: O, facts: Partial<Omit<DetectorInput<O>, 'options' | 'open'>> & { readonly open?: readonly string[]; readonly openSince?: number }): DetectorInput<O> {
  return { series: facts.series ?? [], acts: facts.acts ?? [], open: new Map((facts.open ?? []).map((one) => [one, facts.openSince ?? NOW])), options, now: facts.now ?? NOW };
}
