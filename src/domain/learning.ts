import type { RemediationId } from './ids.js';
import type { Decision, Risk } from './plan.js';
import type { RemediationState } from './remediation.js';
import { wilsonLower } from './statistics.js';

/** One ended run of a repair for an incident that was seen; what people ask for while all is well teaches nothing. */
export interface EndedRun {
  readonly id: RemediationId;
  readonly repair: string;
  readonly risk: Risk;
  /** Kind of the incident it was run for. */
  readonly kind: string;
  /** 'auto': it was done by itself; 'ask': people said yes. */
  readonly verdict: Decision['verdict'] | null;
  /** A person asked for it, and not the runbook. */
  readonly byHand: boolean;
  readonly state: RemediationState;
  readonly fingerprint: string;
  readonly endedAt: number;
}

/** What was seen of the app after its repairs, each oldest first. */
export interface Aftermath {
  readonly findings: readonly { readonly fingerprint: string; readonly at: number }[];
  readonly launchedAt: readonly number[];
}

/** open: fresh readings proved that it helped, and the day in which the problem may come back is not over. */
export type Outcome = 'helped' | 'did_not_help' | 'unclear' | 'open';

export interface JudgedRun extends EndedRun {
  readonly outcome: Outcome;
}

/** A problem that comes back sooner than this was not mended. */
export const LASTS_MS = 24 * 3_600_000;

/** What is known at a time of each run; a problem that comes back with another release is not held against the repair. */
export function judgeRuns(runs: readonly EndedRun[], after: Aftermath, at: number): readonly JudgedRun[] {
  return runs.map((run) => ({ ...run, outcome: outcomeOf(run, after, at) }));
}

function outcomeOf(run: EndedRun, { findings, launchedAt }: Aftermath, at: number): Outcome {
  if (run.state === 'failed') return 'did_not_help';
  if (run.state !== 'verified') return 'unclear';
  const until = Math.min(run.endedAt + LASTS_MS, launchedAt.find((launched) => launched > run.endedAt) ?? Number.POSITIVE_INFINITY, at);
  if (findings.some((finding) => finding.fingerprint === run.fingerprint && finding.at > run.endedAt && finding.at <= until)) return 'did_not_help';
  return at >= run.endedAt + LASTS_MS ? 'helped' : 'open';
}

/** How often one repair helped against one kind of incident of one app. */
export interface Tally {
  readonly kind: string;
  readonly repair: string;
  readonly helped: number;
  /** Those of which it is known whether they helped. */
  readonly runs: number;
  /** Those of which it is not: too little was measured, or the day is not over. */
  readonly unknown: number;
}

/** By kind of incident, then by repair. */
export function tally(runs: readonly JudgedRun[]): readonly Tally[] {
  const tallies = new Map<string, Tally>();
  for (const { kind, repair, outcome } of runs) {
    const so = tallies.get(`${kind} ${repair}`) ?? { kind, repair, helped: 0, runs: 0, unknown: 0 };
    const known = outcome === 'helped' || outcome === 'did_not_help';
    tallies.set(`${kind} ${repair}`, { ...so, helped: so.helped + (outcome === 'helped' ? 1 : 0), runs: so.runs + (known ? 1 : 0), unknown: so.unknown + (known ? 0 : 1) });
  }
  return [...tallies].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** Fewer runs than this say nothing of a repair. */
const LEAST_RUNS = 4;

/** The share of runs that helped, at least, with 95 % confidence. */
export function atLeast({ helped, runs }: Pick<Tally, 'helped' | 'runs'>): number {
  return wilsonLower(helped, runs);
}

/**
 * Enough was seen of both, and what one helps at least is more than what the other was seen to help: the runbook's order
 * stands for a reason (it tries first what hurts least), so that a share that is merely higher does not change it.
 */
export function isBetter(one: Tally, other: Tally): boolean {
  return one.runs >= LEAST_RUNS && other.runs >= LEAST_RUNS && atLeast(one) > other.helped / other.runs;
}

/** Of each kind of incident: which repair goes before which, wherever the runbook has both; never the `fixed` one. */
export function betterOnes(tallies: readonly Tally[], fixed: string): readonly { readonly kind: string; readonly repair: string; readonly before: string }[] {
  const free = tallies.filter(({ repair }) => repair !== fixed);
  return free.flatMap((one) => free.filter((other) => other.kind === one.kind && isBetter(one, other)).map((other) => ({ kind: one.kind, repair: one.repair, before: other.repair })));
}

/**
 * The rungs by evidence: whichever is better than the next in the runbook's order is put before it. Nothing is dropped;
 * a rung of which too little is known keeps its place, and `fixed` keeps it always.
 */
export function orderByEvidence<R extends { readonly repair: string }>(rungs: readonly R[], tallies: readonly Tally[], fixed: string): readonly R[] {
  const known = (rung: R): Tally | undefined => (rung.repair === fixed ? undefined : tallies.find(({ repair, runs }) => repair === rung.repair && runs >= LEAST_RUNS));
  const left = rungs.flatMap((rung) => ({ rung, tally: known(rung) })).filter((one): one is Known<R> => one.tally !== undefined);
  return rungs.map((rung) => (known(rung) === undefined ? rung : takeNext(left)));
}

interface Known<R> {
  readonly rung: R;
  readonly tally: Tally;
}

/** The first that is left, or one that is better than it and than which none is better. */
function takeNext<R>(left: Known<R>[]): R {
  const [first] = left as [Known<R>];
  const better = left.filter((one) => isBetter(one.tally, first.tally));
  const next = better.find((one) => !better.some((other) => isBetter(other.tally, one.tally))) ?? first;
  left.splice(left.indexOf(next), 1);
  return next.rung;
}

/** 'helped 7 of 8 times (at least 53 %)'. */
export function sayTally(one: Tally): string {
  return `helped ${one.helped} of ${one.runs} ${one.runs === 1 ? 'time' : 'times'} (at least ${Math.round(atLeast(one) * 100)} %)`;
}
