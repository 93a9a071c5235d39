import { errorText } from '../../src/domain/errors.js';
import { listChecks } from '../../src/store/checks.js';
import { monitorSeen } from '../../src/store/hosts.js';
import { pruneOld, rollUpSlice } from '../../src/store/pruning.js';
import type { Stage, StageContext } from './stage.js';

const SEEN_EVERY_MS = 10_000;
const HEARTBEAT_EVERY_MS = 60_000;
const PRUNE_EVERY_MS = 10 * 60_000;
/** Slices of 500 samples one upkeep moves; the rest follows in the next. */
const MOST_SLICES = 200;

/**
 * What the monitor does for itself: says that it lives, rings the outgoing heartbeat, and forgets what is past keeping.
 * It never wakes the loop, which looks often enough.
 */
export function upkeep(heartbeatUrl: string | null): Stage {
  let seenAt = 0;
  let rangAt = 0;
  let prunedAt = 0;
  return {
    name: 'upkeep',
    async run(ctx) {
      const now = ctx.clock.now();
      if (now - seenAt >= SEEN_EVERY_MS || now < seenAt) {
        seenAt = now;
        await ctx.store.write((tx) => monitorSeen(tx, ctx.hostId, now));
      }
      if (heartbeatUrl !== null && (now - rangAt >= HEARTBEAT_EVERY_MS || now < rangAt)) {
        rangAt = now;
        ctx.effects.start('heartbeat', (signal) => ring(ctx, heartbeatUrl, signal));
      }
      if (now - prunedAt >= PRUNE_EVERY_MS || now < prunedAt) {
        prunedAt = now;
        ctx.effects.start('prune', (signal) => prune(ctx, signal));
      }
      return false;
    },
  };
}

/** The monitor's one whistle. That it could not be rung is for whoever listens to notice. */
async function ring(ctx: StageContext, url: string, signal: AbortSignal): Promise<void> {
  const answer = await ctx.io.http.request({ url, timeoutMs: 10_000, maxBodyBytes: 1_024 }, signal).catch((error: unknown) => ({ fault: 'local' as const, text: errorText(error), ms: 0 }));
  if ('fault' in answer || answer.status >= 400) ctx.log.warn({ fault: 'fault' in answer ? answer.fault : answer.status }, 'the outgoing heartbeat did not get through');
}

/** In slices of one transaction each, so that nothing waits behind it for long. */
async function prune(ctx: StageContext, signal: AbortSignal): Promise<void> {
  const now = ctx.clock.now();
  const { keep } = ctx.settings;
  let slices = 0;
  for (const check of await listChecks(ctx.store.db, ctx.hostId)) {
    for (let moved = 500; moved === 500 && slices < MOST_SLICES && !signal.aborted; slices += 1) {
      moved = await ctx.store.write((tx) => rollUpSlice(tx, check.id, now - keep.rawMs));
    }
  }
  if (!signal.aborted) await ctx.store.write((tx) => pruneOld(tx, { rollupsBefore: now - keep.rollupsMs, eventsBefore: now - keep.eventsMs, actsBefore: now - keep.eventsMs }));
}
