import { countEvents, tell } from '../../src/store/events.js';
import { botSeenAt } from '../../src/store/hosts.js';
import { record } from './record.js';
import type { Stage, StageContext } from './stage.js';

/** PM2's name of the people's process. */
const BOT = 'hypercare-bot';
const LOOK_EVERY_MS = 10_000;
/** The bot gives a sign of life every ten seconds. */
const SILENT_MS = 60_000;
/** A host that slept, and a clock that was set, make the last sign look old: so long it is watched before that counts. */
const SURE_MS = 20_000;
const MOST_AN_HOUR = 3;
const HOUR_MS = 3_600_000;

/**
 * The one thing the monitor does to another process than an app's: PM2 calls a bot online that hangs, and nobody would
 * be asked or told any more. Only a bot that PM2 lists as online is started anew: one that was stopped was stopped by
 * somebody, and one that crashes is PM2's own business.
 */
export function botWatch(): Stage {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let silentSince: number | null = null;
  let gaveUpAt = Number.NEGATIVE_INFINITY;

  async function startAnew(ctx: StageContext, seenAt: number): Promise<void> {
    const now = ctx.clock.now();
    const hangs = (await ctx.io.pm2.list()).some(({ name, status, startedAt }) => name === BOT && status === 'online' && now - startedAt > SILENT_MS);
    if (!hangs) return;
    if ((await countEvents(ctx.store.db, ctx.hostId, 'bot.restarted', now - HOUR_MS)) >= MOST_AN_HOUR) return giveUp(ctx);
    // Written before it is done, so that a crash in between costs a restart of the budget and not a fourth restart.
    await ctx.store.write(async (tx) => {
      await record(tx, ctx, { who: 'hypercare', what: `restarts ${BOT}`, why: `it has given no sign of life for ${Math.round((now - seenAt) / 1_000)} s, though PM2 calls it online`, body: { seenAt } });
      await tell(tx, ctx.hostId, { kind: 'bot.restarted' }, now);
    });
    await ctx.io.pm2.restart(BOT);
  }

  function giveUp(ctx: StageContext): void {
    const mono = ctx.clock.monotonic();
    if (mono - gaveUpAt < HOUR_MS) return;
    gaveUpAt = mono;
    ctx.log.error({ mend: `Look at its log: pm2 logs ${BOT}` }, `${BOT} stays silent although it was restarted ${MOST_AN_HOUR} times within an hour; nobody is told or asked`);
  }

  return {
    name: 'bot-watch',
    async run(ctx) {
      const mono = ctx.clock.monotonic();
      if (mono - lookedAt < LOOK_EVERY_MS) return false;
      lookedAt = mono;
      const seenAt = await botSeenAt(ctx.store.db, ctx.hostId);
      if (seenAt === null || ctx.clock.now() - seenAt <= SILENT_MS) {
        silentSince = null;
        return false;
      }
      silentSince ??= mono;
      if (mono - silentSince >= SURE_MS) ctx.effects.start('bot-watch', () => startAnew(ctx, seenAt));
      return false;
    },
  };
}
