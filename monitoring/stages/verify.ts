import { tellsHealth, type Check, type Sample } from '../../src/domain/check.js';
import type { VerifySpec } from '../../src/domain/plan.js';
import type { Remediation } from '../../src/domain/remediation.js';
import { actsOn } from '../../src/store/acts.js';
import { checksOf, confirmFast } from '../../src/store/checks.js';
import { getIncident } from '../../src/store/incidents.js';
import { getPlan } from '../../src/store/plans.js';
import { endRemediation, remediationsIn, settle } from '../../src/store/remediations.js';
import { getResource } from '../../src/store/resources.js';
import { recentSamples } from '../../src/store/samples.js';
import { ended } from './ending.js';
import { frozenNow } from './holding.js';
import type { Stage, StageContext } from './stage.js';
import { stillSlow } from './still-slow.js';
import { takeBack, undoesUnproved } from './undo.js';

/** Bad readings in a row, after settling, that show a repair did not help. */
const BAD_IN_A_ROW = 3;

/** So many restarts by PM2 while it settles are no boot that takes its time, and more than two for each process that was started: eight that die once at their start may come up. */
const LOOP = 5;

/** The crashes whose pauses are looked at, and how far back. */
const CRASHES = 4;
const CRASHES_SINCE_MS = 60 * 60_000;
const LONGEST_PAUSE_MS = 10 * 60_000;

/** A command that succeeded is not a problem that is fixed: only fresh good samples after settling are. */
export const verify: Stage = {
  name: 'verify',
  onlyWhenOpen: true,
  async run(ctx) {
    let judged = false;
    for (const run of await remediationsIn(ctx.store.db, ctx.hostId, ['settling'])) judged = (await judge(ctx, run)) || judged;
    return judged;
  },
  async nextAt(ctx) {
    const runs = await remediationsIn(ctx.store.db, ctx.hostId, ['settling']);
    const now = ctx.clock.now();
    const quiet = await Promise.all(runs.map((run) => quietUntil(ctx, run)));
    const due = [...quiet, ...runs.flatMap(({ settleUntil, deadlineAt }) => [settleUntil ?? 0, deadlineAt ?? 0])].filter((at) => at > now);
    return due.length === 0 ? null : Math.min(...due);
  },
};

async function judge(ctx: StageContext, run: Remediation): Promise<boolean> {
  const now = ctx.clock.now();
  if (run.settleUntil === null || run.deadlineAt === null) return false;
  const { prepared, incidentId } = await getPlan(ctx.store.db, run.planId);
  if (!prepared) return false;
  const { verify: spec, wayBack } = prepared;
  if (run.settleUntil > now + spec.settleMs) return settleAnew(ctx, run, spec);
  const crashed = await crashedSince(ctx, run, now < run.settleUntil ? run.settleUntil - spec.settleMs : run.settleUntil);
  // Nobody waits for a loop to settle.
  if (now < run.settleUntil && crashed < Math.max(LOOP, 2 * (prepared.bounds['restarts'] ?? 0) + 1)) return false;
  if (spec.byItself) return provedByItself(ctx, run);
  if (spec.good === 0) return leaveToPeople(ctx, run, wayBack);
  const checks = [...(await checksOf(ctx.store.db, run.resourceId)).filter((check) => spec.checks.includes(check.name) && check.trusted), ...(await checksElsewhere(ctx, run))];
  const fresh = await Promise.all(checks.map(async (check) => ({ check, samples: await recentSamples(ctx.store.db, check.id, run.settleUntil ?? now, 50) })));
  const quiet = await quietUntil(ctx, run);
  const verdict = verdictOf(fresh, spec, { now, deadlineAt: Math.max(run.deadlineAt, quiet), crashed });
  if (!verdict || (verdict.state === 'verified' && now < quiet)) return false;
  // An answer that comes late is a good reading.
  const slow = verdict.state === 'verified' ? await stillSlow(ctx.store.db, run, incidentId) : null;
  if (slow === 'unclear' && now < run.deadlineAt) return false;
  return end(ctx, run, slow === null ? verdict : slow === 'unclear' ? UNCLEAR : { state: 'failed', outcome: `it is still so: ${slow.still}` });
}

async function end(ctx: StageContext, run: Remediation, verdict: Verdict): Promise<true> {
  const now = ctx.clock.now();
  const back = verdict.state === 'failed' && (await undoesUnproved(ctx, run));
  // What is done stands whole: taking it back would be an act of its own, which people stopped.
  const frozen = back ? await frozenNow(ctx, (await getResource(ctx.store.db, run.resourceId)).name) : null;
  await ctx.store.write(async (tx) => {
    if (back && frozen === null) return takeBack(tx, ctx, run, verdict.outcome);
    await endRemediation(tx, run.id, verdict.state, frozen === null ? verdict.outcome : `${verdict.outcome}; it was not taken back: ${frozen}`, now);
    await ended(tx, ctx, run.id);
  });
  return true;
}

/** Where it was done for the trouble of another resource, that has to be good too. */
async function checksElsewhere(ctx: StageContext, run: Remediation): Promise<readonly Check[]> {
  const { resourceId } = await getIncident(ctx.store.db, (await getPlan(ctx.store.db, run.planId)).incidentId);
  return resourceId === run.resourceId ? [] : (await checksOf(ctx.store.db, resourceId)).filter((check) => tellsHealth(check) && check.trusted);
}

async function crashedSince(ctx: StageContext, run: Remediation, since: number): Promise<number> {
  return (await actsOn(ctx.store.db, run.resourceId, since)).filter((act) => act.by === 'pm2' && act.kind === 'restart').length;
}

/** The clock was set back: else the app would be neither judged nor repaired until it has come as far again. */
async function settleAnew(ctx: StageContext, run: Remediation, { settleMs, withinMs }: VerifySpec): Promise<true> {
  const from = ctx.clock.now() + settleMs;
  await ctx.store.write(async (tx) => {
    await settle(tx, run.id, from, from + withinMs);
    await confirmFast(tx, run.resourceId, from, from + withinMs);
  });
  return true;
}

async function provedByItself(ctx: StageContext, run: Remediation): Promise<true> {
  await ctx.store.write(async (tx) => {
    await endRemediation(tx, run.id, 'verified', 'each of its steps was seen to be done', ctx.clock.now());
    await ended(tx, ctx, run.id);
  });
  return true;
}

const NOTHING_PROVED = 'done; nothing is proved, because it ended what could be measured';

/** Nothing is proved: it ended what could be measured, and stands until people go back. */
async function leaveToPeople(ctx: StageContext, run: Remediation, wayBack: string | null): Promise<true> {
  await ctx.store.write(async (tx) => {
    await endRemediation(tx, run.id, 'unclear', wayBack === null ? NOTHING_PROVED : `${NOTHING_PROVED}; it stays so until somebody goes back: ${wayBack}`, ctx.clock.now());
    await ended(tx, ctx, run.id);
  });
  return true;
}

/**
 * Between two crashes of a loop all is well: the proof has to outlast the longest pause that was seen before the repair,
 * or it proves nothing. 0 for any other problem.
 */
async function quietUntil(ctx: StageContext, run: Remediation): Promise<number> {
  const { incidentId } = await getPlan(ctx.store.db, run.planId);
  if ((await getIncident(ctx.store.db, incidentId)).kind !== 'crash-loop') return 0;
  const seen = await actsOn(ctx.store.db, run.resourceId, run.startedAt - CRASHES_SINCE_MS);
  const crashes = seen.filter((act) => act.by === 'pm2' && act.kind === 'restart' && act.at < run.startedAt).slice(-CRASHES).map(({ at }) => at);
  const pauses = crashes.slice(1).map((at, n) => at - (crashes[n] ?? at));
  return pauses.length === 0 || run.settleUntil === null ? 0 : run.settleUntil + Math.min(Math.max(...pauses), LONGEST_PAUSE_MS);
}

interface Fresh {
  readonly check: Pick<Check, 'name'>;
  readonly samples: readonly Sample[];
}

interface Verdict {
  readonly state: 'verified' | 'failed' | 'unclear';
  readonly outcome: string;
}

const UNCLEAR: Verdict = { state: 'unclear', outcome: 'too little could be measured to say that it helped' };

/** Null: too early to say. Unknown and error never count as good, and never as bad. */
function verdictOf(fresh: readonly Fresh[], spec: VerifySpec, at: { readonly now: number; readonly deadlineAt: number; readonly crashed: number }): Verdict | null {
  if (at.crashed > 0) return { state: 'failed', outcome: `the app crashed ${at.crashed === 1 ? 'once more' : `${at.crashed} times more`} after it` };
  const broken = fresh.find(({ samples }) => run(samples, 'bad') >= BAD_IN_A_ROW);
  if (broken) return { state: 'failed', outcome: `${broken.check.name} is still bad: ${broken.samples.at(-1)?.note ?? 'failed'}` };
  if (fresh.length > 0 && fresh.every(({ samples }) => run(samples, 'good') >= spec.good)) {
    return { state: 'verified', outcome: `${spec.good} good readings in a row of ${fresh.length === 1 ? fresh[0]?.check.name : `each of ${fresh.length} checks`}` };
  }
  if (at.now < at.deadlineAt) return null;
  const bad = fresh.filter(({ samples }) => samples.at(-1)?.verdict === 'bad').map(({ check }) => check.name);
  if (bad.length > 0) return { state: 'failed', outcome: `${bad.join(', ')} did not stay good in time` };
  return UNCLEAR;
}

/** How many of the newest samples have this verdict; unknown and error are passed over. */
function run(samples: readonly Sample[], verdict: 'good' | 'bad'): number {
  const judged = samples.filter((sample) => sample.verdict === 'good' || sample.verdict === 'bad');
  const other = judged.findLastIndex((sample) => sample.verdict !== verdict);
  return judged.length - 1 - other;
}
