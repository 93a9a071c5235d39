import type { Sample } from '../../src/domain/check.js';
import { valueNamed } from '../../src/domain/series.js';
import type { Side } from '../../src/domain/streak.js';
import type { DetectorInput, Series } from './detector.js';

/** Answers of other addresses count so long. */
const FRESH_MS = 60_000;
/**
 * So many times as long as a check waits for its own answer, the others are waited for: three requests that each take
 * almost twice that, begun after the first silence, fit into it.
 */
const PATIENCE = 7;

/** No answer in time speaks for silence; an answer of any kind, and a refused connection, against it. */
export function silenceOf(sample: Sample, { fields }: Series): Side {
  if (sample.verdict === 'good') return 'good';
  if (sample.verdict !== 'bad') return null;
  const timeouts = valueNamed(fields, sample.values, 'timeouts') ?? 0;
  const tried = valueNamed(fields, sample.values, 'tried') ?? 0;
  return timeouts > 0 && timeouts * 2 >= tried ? 'bad' : 'good';
}

/**
 * What the app's other addresses say since one of them fell silent: `run` are its silent readings. They may be asked
 * seldom, but at once where something is odd. awaited: none of them has been measured since, and that is not long ago.
 */
export function elsewhere({ series, now }: Pick<DetectorInput<unknown>, 'series' | 'now'>, own: Series, run: readonly Sample[]): 'answers' | 'silent' | 'awaited' {
  const began = run[0]?.at ?? now;
  const others = series.filter((one) => one.check.probe === 'http' && one !== own);
  const asked = others.flatMap(({ fields, samples }) => samples.filter(({ at }) => at >= Math.max(began, now - FRESH_MS)).map((sample) => ({ sample, fields })));
  if (asked.some(({ sample, fields }) => sample.verdict === 'good' || valueNamed(fields, sample.values, 'status') !== null)) return 'answers';
  const waitedMs = Math.max(0, ...run.map(({ ms }) => ms ?? 0));
  return others.length > 0 && asked.length === 0 && now - began < waitedMs * PATIENCE ? 'awaited' : 'silent';
}
