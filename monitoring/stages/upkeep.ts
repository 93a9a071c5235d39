import { errorText } from '../../src/domain/errors.js';
import { monitorSeen } from '../../src/store/hosts.js';
import { forget } from './forget.js';
import type { Stage, StageContext } from './stage.js';

const SEEN_EVERY_MS = 10_000;
const HEARTBEAT_EVERY_MS = 60_000;
const FORGET_EVERY_MS = 60 * 60_000;

/**
 * What the monitor does for itself: says that it lives, rings the outgoing heartbeat, and forgets what is past keeping.
 * It never wakes the loop; the monitor's own beat sees to it that it comes round often enough.
 */
export function upkeep(heartbeatUrl: string | null): Stage {
  let seenAt = 0;
  let rangAt = 0;
  let forgotAt = 0;
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
      if (now - forgotAt >= FORGET_EVERY_MS || now < forgotAt) {
        forgotAt = now;
        ctx.effects.start('forget', (signal) => forget(ctx, signal));
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
