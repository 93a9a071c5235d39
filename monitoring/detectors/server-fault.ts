import type { Sample } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim } from '../../src/domain/finding.js';
import { valueNamed } from '../../src/domain/series.js';
import { standing, streakOf, verdictSide } from '../../src/domain/streak.js';
import type { DetectorInput, Series } from './detector.js';

/** How a kind of server tells its faults. `faults` stand in the order of its probe's value `fault`, which counts from one; 'down' is among them. */
interface Told<F extends string> {
  readonly kind: string;
  readonly faults: readonly F[];
  title(fault: F, newest: Sample): string;
  /** What helps, for people. */
  helps(fault: F): readonly string[];
}

type Asked = Pick<DetectorInput<{ readonly bad: number; readonly good: number }>, 'open' | 'options' | 'now'>;

/** One fault stands at a time: a server that was full, or held up, and went down is down. */
export function faultClaims<F extends string>(series: Series, input: Asked, told: Told<F>): readonly Claim[] {
  const fingerprintOf = (fault: F): string => `${told.kind}-${fault}:${series.check.name}`;
  const open = told.faults.map(fingerprintOf).filter((fingerprint) => input.open.has(fingerprint));
  const { side, run } = streakOf(series.samples, verdictSide);
  const stands = standing({ side, run }, open.length > 0, input.options);
  const over = (kept: string | null): readonly Claim[] => open.filter((one) => one !== kept).map((fingerprint) => ({ state: 'absent', fingerprint }));
  if (stands === 'absent') return over(null);
  const newest = run.at(-1);
  if (stands === 'silent' || !series.check.trusted || newest === undefined) return [];
  const fault = told.faults[(valueNamed(series.fields, newest.values, 'fault') ?? 0) - 1] ?? ('down' as F);
  const fingerprint = fingerprintOf(fault);
  const since = sayDuration(input.now - (run[0]?.at ?? input.now));
  return [...over(fingerprint), {
    state: 'present',
    fingerprint,
    kind: `${told.kind}-${fault}`,
    severity: 'critical',
    emergency: false,
    title: told.title(fault, newest),
    evidence: [`${run.length === 1 ? 'one reading' : `${run.length} readings in a row`}, for ${since}`, ...told.helps(fault)],
  }];
}
