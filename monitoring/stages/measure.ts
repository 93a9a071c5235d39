import type { Check, Reading } from '../../src/domain/check.js';
import { errorText } from '../../src/domain/errors.js';
import type { ResourceId } from '../../src/domain/ids.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { Launch } from '../../src/domain/launch.js';
import { baselineOf } from '../../src/store/baselines.js';
import { checksOf, confirmFast, scheduleCheck } from '../../src/store/checks.js';
import { openIncidentOf } from '../../src/store/incidents.js';
import { openLaunchOf } from '../../src/store/launches.js';
import { noteSighting } from '../../src/store/resources.js';
import { insertSample, newestSample } from '../../src/store/samples.js';
import type { Db } from '../../src/store/schema.js';
import { insertSignal } from '../../src/store/signals.js';
import { underWayOn } from '../../src/store/remediations.js';
import type { TakenReading } from '../readings.js';
import { nextDue } from '../schedule/next-due.js';
import type { StageContext } from './stage.js';

/** Whatever a probe's own deadlines are, it is given up after this. */
const PROBE_DEADLINE_MS = 60_000;
/** A pause that takes this much longer than asked shows that the monitor itself lags. */
const LAG_MS = 500;
const LAG_PROBE_MS = 20;
/** A reading is looked at again at once from here; when it is a problem, the detectors say. */
const SLOW = { ratio: 3, floorMs: 100 };

/** An effect: measures one check once. Its reading is kept together with those that come at the same time. */
export async function measure(ctx: StageContext, check: Check, signal: AbortSignal): Promise<void> {
  const at = ctx.clock.now();
  const keep = ctx.readings.begin();
  const reading = await read(ctx, check, signal).then((first) => selfChecked(ctx, first));
  await keep(signal.aborted ? null : { check, reading, at }); // Aborted by our own stop: not a reading. It is still due.
}

async function read(ctx: StageContext, check: Check, signal: AbortSignal): Promise<Reading> {
  const probe = ctx.units.probes[check.probe];
  if (!probe) return failed(`no probe named ${check.probe}`);
  try {
    return await probe.measure(check.options as never, ctx.io, AbortSignal.any([signal, AbortSignal.timeout(PROBE_DEADLINE_MS)]));
  } catch (error) {
    return failed(errorText(error));
  }
}

function failed(note: string): Reading {
  return { verdict: 'error', ms: null, values: [], note: note.slice(0, 200) };
}

/** Nobody is blamed while the monitor itself lags: a bad reading then becomes an error. */
async function selfChecked(ctx: StageContext, reading: Reading): Promise<Reading> {
  if (reading.verdict !== 'bad') return reading;
  const before = ctx.clock.monotonic();
  await ctx.clock.sleep(LAG_PROBE_MS);
  const lag = ctx.clock.monotonic() - before - LAG_PROBE_MS;
  return lag < LAG_MS ? reading : { ...reading, verdict: 'error', note: `the monitor itself lagged by ${Math.round(lag)} ms; first read: ${reading.note}` };
}

/** Writes readings of one moment in one transaction: samples, next due times, and what follows at once from them. */
export async function keepReadings(ctx: StageContext, taken: readonly TakenReading[]): Promise<void> {
  const byResource = new Map<ResourceId, TakenReading[]>();
  for (const one of taken) byResource.set(one.check.resourceId, [...(byResource.get(one.check.resourceId) ?? []), one]);
  await ctx.store.write(async (tx) => {
    for (const [resourceId, ofResource] of byResource) await keepOf(tx, ctx, resourceId, ofResource);
  });
}

interface Around {
  readonly launch: Launch | null;
  readonly incidentOpen: boolean;
}

async function keepOf(tx: Db, ctx: StageContext, resourceId: ResourceId, taken: readonly TakenReading[]): Promise<void> {
  const checks = await checksOf(tx, resourceId);
  const around: Around = { launch: await openLaunchOf(tx, resourceId), incidentOpen: (await openIncidentOf(tx, resourceId)) !== null };
  let surprised = false;
  for (const one of taken) {
    const check = checks.find(({ id }) => id === one.check.id);
    if (check) surprised = (await keep(tx, ctx, { ...one, check, measuredFor: one.check.nextAt }, around)) || surprised; // Else it was taken out of the config meanwhile.
  }
  if (surprised) await confirmFast(tx, resourceId, ctx.clock.now() + ctx.settings.confirmEveryMs, confirmUntil(ctx, around.launch));
}

/** While a launch settles nothing counts yet: what is odd from its birth is followed until it can. */
function confirmUntil({ clock, settings }: StageContext, launch: Launch | null): number {
  const countsFrom = launch ? launch.startedAt + settings.settleMs : 0;
  return Math.max(clock.now(), countsFrom) + settings.confirmForMs;
}

/** True when the reading is to be looked at again at once. */
async function keep(tx: Db, ctx: StageContext, { check, reading, at, measuredFor }: TakenReading & { readonly measuredFor: number }, around: Around): Promise<boolean> {
  const now = ctx.clock.now();
  const { incidentOpen } = around;
  const before = await newestSample(tx, check.id);
  await insertSample(tx, { checkId: check.id, at, verdict: reading.verdict, ms: reading.ms, values: reading.values, note: reading.note });
  await noteSeen(tx, ctx, check, reading, at);
  // A tick or a confirmation asked for this check while it was being measured: it stays due.
  const askedMeanwhile = check.nextAt !== measuredFor && check.nextAt <= now;
  // After the window, and before a release was ever seen, the slowest tier goes on.
  const withoutLaunchMs = around.launch ? null : (ctx.settings.tiers.at(-1)?.everyMs ?? check.everyMs);
  if (!askedMeanwhile) await scheduleCheck(tx, check.id, nextDue(check, now, { ...ctx.settings, incidentOpen, withoutLaunchMs }));
  if (check.hotUntil > now || (incidentOpen && reading.verdict !== 'good')) return false;
  return surprises(check, before?.verdict ?? null, reading.verdict) || (await slow(tx, check, reading, around.launch));
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
async function slow(tx: Db, check: Check, reading: Reading, launch: Launch | null): Promise<boolean> {
  if (reading.ms === null || reading.verdict !== 'good') return false;
  const usual = launch ? (await baselineOf(tx, check.id, launch.releaseId))?.values[0] : null;
  const typical = reading.values[0] ?? null;
  return usual != null && typical !== null && typical > Math.max(usual.median * SLOW.ratio, usual.median + SLOW.floorMs);
}

/** A release seen in the middle of our own work on the app is not news: whoever works there concludes from it. */
async function noteSeen(tx: Db, ctx: StageContext, check: Check, reading: Reading, at: number): Promise<void> {
  if (reading.sighting === undefined || (await underWayOn(tx, check.resourceId))) return;
  const seen = canonicalJson(reading.sighting);
  if (!(await noteSighting(tx, check.resourceId, seen))) return;
  await insertSignal(tx, ctx.hostId, { resourceId: check.resourceId, kind: 'sighting', key: null, body: reading.sighting, at });
}

