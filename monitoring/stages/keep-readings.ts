import type { Baseline, ValueBaseline } from '../../src/domain/baseline.js';
import type { Check, Reading, Verdict } from '../../src/domain/check.js';
import type { CheckId, ResourceId } from '../../src/domain/ids.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { Launch } from '../../src/domain/launch.js';
import { valueNamed } from '../../src/domain/series.js';
import { baselinesOf } from '../../src/store/baselines.js';
import { checksOf, confirmFast, scheduleChecks } from '../../src/store/checks.js';
import { openIncidentOf } from '../../src/store/incidents.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { underWayOn } from '../../src/store/remediations.js';
import { noteSighting } from '../../src/store/resources.js';
import { insertSamples, newestVerdicts } from '../../src/store/samples.js';
import type { Db } from '../../src/store/schema.js';
import { insertSignal } from '../../src/store/signals.js';
import type { TakenReading } from '../readings.js';
import { nextDue } from '../schedule/next-due.js';
import type { StageContext } from './stage.js';

/** A reading is looked at again at once from here; when it is a problem, the detectors say. */
const SLOW = { ratio: 3, floorMs: 100 };

/** Writes readings of one moment in one transaction: samples, next due times, and what follows at once from them. */
export async function keepReadings(ctx: StageContext, taken: readonly TakenReading[]): Promise<void> {
  const byResource = new Map<ResourceId, TakenReading[]>();
  for (const one of taken) byResource.set(one.check.resourceId, [...(byResource.get(one.check.resourceId) ?? []), one]);
  await ctx.store.write(async (tx) => {
    for (const [resourceId, ofResource] of byResource) await keepOf(tx, ctx, resourceId, ofResource);
  });
}

/** What is true around the readings of one resource. */
interface Around {
  readonly launch: Launch | null;
  readonly incidentOpen: boolean;
  readonly before: ReadonlyMap<CheckId, Verdict>;
  readonly usual: ReadonlyMap<CheckId, Baseline>;
}

interface Kept extends TakenReading {
  /** When it was due as its measuring began. */
  readonly measuredFor: number;
}

/** What every reading needs is asked once for all of them. */
async function keepOf(tx: Db, ctx: StageContext, resourceId: ResourceId, taken: readonly TakenReading[]): Promise<void> {
  const checks = new Map((await checksOf(tx, resourceId)).map((check) => [check.id, check]));
  const kept = taken.flatMap((one): readonly Kept[] => {
    const check = checks.get(one.check.id);
    return check ? [{ ...one, check, measuredFor: one.check.nextAt }] : []; // Else it was taken out of the config meanwhile.
  });
  const launch = await openLaunchOf(tx, resourceId);
  const around: Around = {
    launch, incidentOpen: (await openIncidentOf(tx, resourceId)) !== null, before: await newestVerdicts(tx, resourceId),
    usual: launch ? await baselinesOf(tx, [...checks.keys()], launch.releaseId) : new Map(),
  };
  await insertSamples(tx, kept.map(({ check, reading, at }) => ({ checkId: check.id, at, verdict: reading.verdict, ms: reading.ms, values: reading.values, note: reading.note })));
  for (const one of kept) await noteSeen(tx, ctx, one);
  await schedule(tx, ctx, kept.filter((one) => !askedMeanwhile(ctx, one)), around);
  if (kept.some((one) => isOdd(ctx, one, around))) await confirmFast(tx, resourceId, ctx.clock.now() + ctx.settings.confirmEveryMs, confirmUntil(ctx, launch));
}

async function schedule(tx: Db, ctx: StageContext, kept: readonly Kept[], around: Around): Promise<void> {
  const due = kept.map((one) => ({ id: one.check.id, at: nextDueOf(ctx, one, around) }));
  for (const nextAt of new Set(due.map(({ at }) => at))) await scheduleChecks(tx, due.filter(({ at }) => at === nextAt).map(({ id }) => id), nextAt);
}

/** A tick or a confirmation asked for this check while it was being measured: it stays due. */
function askedMeanwhile({ clock }: StageContext, { check, measuredFor }: Kept): boolean {
  return check.nextAt !== measuredFor && check.nextAt <= clock.now();
}

/** After the window, and before a release was ever seen, the slowest tier goes on. */
function nextDueOf(ctx: StageContext, { check, reading }: Kept, { launch, incidentOpen }: Around): number {
  const withoutLaunchMs = launch ? null : (ctx.settings.tiers.at(-1)?.everyMs ?? check.everyMs);
  const timeouts = valueNamed(ctx.units.probes[check.probe]?.fields ?? [], reading.values, 'timeouts') ?? 0;
  return nextDue(check, ctx.clock.now(), { ...ctx.settings, incidentOpen, withoutLaunchMs, inVainMs: timeouts * (reading.ms ?? 0) });
}

/** While a launch settles nothing counts yet: what is odd from its birth is followed until it can. */
function confirmUntil({ clock, settings }: StageContext, launch: Launch | null): number {
  const countsFrom = launch ? launch.startedAt + settings.settleMs : 0;
  return Math.max(clock.now(), countsFrom) + settings.confirmForMs;
}

/** True when the reading is to be looked at again at once. */
function isOdd({ clock }: StageContext, { check, reading }: Kept, { incidentOpen, before, usual }: Around): boolean {
  if (check.hotUntil > clock.now() || (incidentOpen && reading.verdict !== 'good')) return false;
  return surprises(check, before.get(check.id) ?? null, reading.verdict) || isSlow(reading, usual.get(check.id)?.values[0] ?? null);
}

/**
 * A turn between good and bad is looked at again at once; a first bad reading too, and any bad one of a tick that is no
 * incident yet: the release before may have been bad as well, and the next tick may be hours away.
 */
function surprises({ cadence }: Check, before: Reading['verdict'] | null, now: Reading['verdict']): boolean {
  if (now === 'bad') return before !== 'bad' || cadence === 'tick';
  return now === 'good' && before === 'bad';
}

/** Good, and far slower than this release usually is: between two ticks hours may lie, so it is looked at again at once. */
function isSlow(reading: Reading, usual: ValueBaseline | null): boolean {
  const typical = reading.verdict === 'good' && reading.ms !== null ? (reading.values[0] ?? null) : null;
  return usual !== null && typical !== null && typical > Math.max(usual.median * SLOW.ratio, usual.median + SLOW.floorMs);
}

/** A release seen in the middle of our own work on the app is not news: whoever works there concludes from it. */
async function noteSeen(tx: Db, ctx: StageContext, { check, reading, at }: Kept): Promise<void> {
  if (reading.sighting === undefined || (await underWayOn(tx, check.resourceId))) return;
  const seen = canonicalJson(reading.sighting);
  if (!(await noteSighting(tx, check.resourceId, seen))) return;
  const since = valueNamed(ctx.units.probes[check.probe]?.fields ?? [], reading.values, 'started_at');
  await insertSignal(tx, ctx.hostId, { resourceId: check.resourceId, kind: 'sighting', key: null, body: { release: reading.sighting, startedAt: since ?? null }, at });
}
