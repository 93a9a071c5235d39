import type { JudgedRun } from './learning.js';

/** What people are proposed of one repair on one app; the machine never climbs by itself. */
export interface TrustProposal {
  readonly repair: string;
  readonly from: 'ask' | 'act-and-tell';
  readonly to: 'ask' | 'act-and-tell';
  /** The row of runs it rests on: how many, and when the first of them ended. */
  readonly runs: number;
  readonly since: number;
}

/** Runs in a row that people said yes to and that helped, before it is proposed to stop asking. */
const UP_AFTER = 10;
/** Runs in a row that it did by itself in vain, before it is proposed to ask: one alone is how a ladder works. */
const DOWN_AFTER = 2;
/** Other code, older or newer, is for people to say yes to, however often it helped. */
const NEVER_ALONE: readonly string[] = ['release.rollback', 'release.deploy'];

/** By repair; `runs` oldest first. What destroys something, and a rollback, is never proposed to be done without asking. */
export function proposalsFrom(runs: readonly JudgedRun[]): readonly TrustProposal[] {
  const repairs = [...new Set(runs.map(({ repair }) => repair))].toSorted();
  return repairs.flatMap((repair) => proposalFor(repair, runs.filter((run) => run.repair === repair)) ?? []);
}

function proposalFor(repair: string, runs: readonly JudgedRun[]): TrustProposal | null {
  const settled = runs.filter(({ outcome, byHand }) => outcome !== 'open' && !byHand);
  const up = lastRow(settled, (run) => run.outcome === 'helped' && run.verdict === 'ask' && run.risk !== 'destructive' && !NEVER_ALONE.includes(run.repair));
  if (up && up.runs >= UP_AFTER) return { repair, from: 'ask', to: 'act-and-tell', ...up };
  const down = lastRow(settled, (run) => run.outcome === 'did_not_help' && run.verdict === 'auto');
  return down && down.runs >= DOWN_AFTER ? { repair, from: 'act-and-tell', to: 'ask', ...down } : null;
}

function lastRow(runs: readonly JudgedRun[], fits: (run: JudgedRun) => boolean): Pick<TrustProposal, 'runs' | 'since'> | null {
  const row = runs.slice(runs.findLastIndex((run) => !fits(run)) + 1);
  return row[0] ? { runs: row.length, since: row[0].endedAt } : null;
}

/** The line that makes it so, as the first of policy.rules: the first that fits decides. */
export function trustRule({ repair, to }: Pick<TrustProposal, 'repair' | 'to'>, app: string): string {
  return `- { repair: ${repair}, target: ${/^[A-Za-z][\w.-]*$/.test(app) ? app : JSON.stringify(app)}, rung: ${to} }`;
}
