import type { Json } from '../../src/domain/json.js';
import type { Resource } from '../../src/domain/resource.js';
import { noteAct } from '../../src/store/acts.js';
import { confirmFast } from '../../src/store/checks.js';
import { getPlan } from '../../src/store/plans.js';
import { underWayOn } from '../../src/store/remediations.js';
import { getResource } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { takeSignal, waitingSignals, type Signal } from '../../src/store/signals.js';
import { launchSighted, type SightedRelease } from './launching.js';
import type { StageContext } from './stage.js';

const MOST = 200;

/** A process of an app ended or gave up, as PM2's bus told it; `body` of signals of kind 'pm2'. */
export interface Pm2Signal {
  readonly event: 'exit' | 'overlimit' | 'exception';
  readonly manual: boolean;
  /** By SIGKILL, whoever sent it. */
  readonly killed: boolean;
  readonly note: string | null;
  readonly dedupe: string;
}

/** Each signal in a transaction of its own: what it leads to, and that it was taken. */
export async function takeSignals(ctx: StageContext): Promise<boolean> {
  const signals = await waitingSignals(ctx.store.db, ctx.hostId, MOST);
  for (const signal of signals) {
    await ctx.store.write(async (tx) => {
      await takeSignal(tx, signal.id, ctx.clock.now());
      if (signal.resourceId === null) return;
      const resource = await getResource(tx, signal.resourceId);
      if (signal.kind === 'sighting') await launchSighted(tx, ctx, resource, signal.body as unknown as SightedRelease);
      if (signal.kind === 'pm2') await takePm2(tx, ctx, resource, signal);
    });
  }
  return signals.length > 0;
}

/** Counts the act, and has the app looked at again in any tier: a crash does not wait for a four-hour tick. */
async function takePm2(tx: Db, ctx: StageContext, resource: Resource, signal: Signal): Promise<void> {
  const body = signal.body as unknown as Pm2Signal;
  if ((body.manual || body.killed) && (await isAtWork(tx, resource, signal.at))) return; // Our own, which is counted where it is begun.
  const kind = body.event === 'exit' ? 'restart' : body.event;
  // PM2's own numbers and times may be those of another host's PM2, whose acts stand in the same table.
  const act = { resourceId: resource.id, at: signal.at, kind, fingerprint: null, dedupe: `${resource.id}:${body.dedupe}`, note: body.note };
  const fresh = await noteAct(tx, { ...act, by: body.manual ? 'person' : 'pm2' });
  const now = ctx.clock.now();
  if (fresh) await confirmFast(tx, resource.id, now, now + ctx.settings.confirmForMs);
}

/** While the steps of a repair run, and no longer: what is ended while it is judged, somebody else ended. */
async function isAtWork(tx: Db, resource: Resource, at: number): Promise<boolean> {
  const run = await underWayOn(tx, resource.id);
  if (!run || run.settleUntil === null) return run !== null;
  const settleMs = (await getPlan(tx, run.planId)).prepared?.verify.settleMs ?? 0;
  return at <= run.settleUntil - settleMs;
}

export function pm2SignalBody(signal: Pm2Signal): Json {
  return { ...signal };
}
