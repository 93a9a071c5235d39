import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEffects } from '../../../monitoring/effects.js';
import { botWatch } from '../../../monitoring/stages/bot-watch.js';
import type { Stage as MonitorStage, StageContext } from '../../../monitoring/stages/stage.js';
import type { Clock } from '../../../src/io/clock.js';
import { systemClock } from '../../../src/io/clock.js';
import { createPm2 } from '../../../src/io/pm2-client.js';
import type { Pm2, Pm2Process } from '../../../src/io/pm2.js';
import { readAudit } from '../../../src/store/audits.js';
import { eventsSince } from '../../../src/store/events.js';
import { botSeen } from '../../../src/store/hosts.js';
import { handClock, keepLog, type HandClock, type Log } from '../../bot/stage.js';
import { idleApp, startPm2Home, until } from '../../doubles/pm2-home.js';
import { BEGAN } from '../../src/cards/views.js';
import { openStage, type Stage } from '../../src/commands/stage.js';

const MINUTE = 60_000;

let house: Stage;
let clock: HandClock;
let log: Log;
let watch: MonitorStage;
let restarts: string[];
let bot: Pick<Pm2Process, 'name' | 'status' | 'startedAt'>;
beforeEach(async () => {
  house = await openStage();
  clock = handClock(BEGAN);
  log = keepLog();
  watch = botWatch();
  restarts = [];
  bot = { name: 'hypercare-bot', status: 'online', startedAt: BEGAN - MINUTE };
});
afterEach(() => house.close());

const listed: Pick<Pm2, 'list' | 'restart'> = {
  list: async () => [bot as Pm2Process],
  restart: async (name) => void restarts.push(name),
};

function contextOf(pm2: Pick<Pm2, 'list' | 'restart'> = listed, time: Clock = clock): StageContext {
  const effects = createEffects({ most: 1, ended: () => undefined, clock, log });
  return { store: house.store, hostId: house.hostId, clock: time, log, io: { pm2 }, effects } as unknown as StageContext;
}

const lives = (at = clock.now()): Promise<void> => house.store.write((tx) => botSeen(tx, house.hostId, at));

/** Time passes, and the loop looks as often as it does: every fifteen seconds. */
async function passes(ms: number, ctx = contextOf()): Promise<void> {
  for (let left = ms; left > 0; left -= 15_000) {
    clock.advance(Math.min(15_000, left));
    await watch.run(ctx);
    await ctx.effects.idle();
  }
}

const told = async (): Promise<number> => (await eventsSince(house.store.db, house.hostId, 0, 100)).filter(({ kind }) => kind === 'bot.restarted').length;

describe('a bot that falls silent', () => {
  it('is restarted after a minute and a little, with the reason in the audit, and people are told', async () => {
    await lives();
    await passes(MINUTE);
    expect(restarts).toEqual([]);
    await passes(45_000);
    expect(restarts).toEqual(['hypercare-bot']);
    expect((await readAudit(house.store.db, house.hostId, 1))[0]).toMatchObject({ who: 'hypercare', what: 'restarts hypercare-bot', why: expect.stringMatching(/^it has given no sign of life for \d+ s, though PM2 calls it online$/) as string });
    expect(await told()).toBe(1);
  });

  it('is restarted three times an hour and no more, which a new monitor remembers and says', async () => {
    await lives();
    await passes(5 * MINUTE);
    expect(restarts).toHaveLength(3);
    watch = botWatch();
    await passes(50 * MINUTE);
    expect([restarts.length, await told()]).toEqual([3, 3]);
    expect(log.lines.filter((line) => line.includes('stays silent although it was restarted 3 times'))).toHaveLength(2);
    await passes(15 * MINUTE);
    expect(restarts.length).toBeGreaterThan(3);
  });

  it('has a minute after its start before it counts as silent again', async () => {
    await lives();
    await passes(75_000);
    bot = { ...bot, startedAt: clock.now() };
    await passes(MINUTE);
    expect(restarts).toHaveLength(0);
    await passes(15_000);
    expect(restarts).toHaveLength(1);
  });
});

describe('what is left alone', () => {
  it('a bot that lives', async () => {
    for (let n = 0; n < 20; n += 1) {
      await lives();
      await passes(30_000);
    }
    expect([restarts, await told()]).toEqual([[], 0]);
  });

  it('one that was never seen', async () => {
    await passes(10 * MINUTE);
    expect(restarts).toEqual([]);
  });

  it.each(['stopped', 'errored', 'waiting restart', 'launching'])('one that PM2 lists as %s', async (status) => {
    await lives();
    bot = { ...bot, status };
    await passes(10 * MINUTE);
    expect(restarts).toEqual([]);
  });

  it('any other process', async () => {
    await lives();
    bot = { ...bot, name: 'hypercare-bot-2' };
    await passes(10 * MINUTE);
    expect(restarts).toEqual([]);
  });

  it('one whose host slept, or whose clock was set: it gives its next sign in time', async () => {
    await lives(clock.now() - 8 * 60 * MINUTE);
    await passes(15_000);
    await lives();
    await passes(45_000);
    expect(restarts).toEqual([]);
  });

  it('one while PM2 does not answer; that is told by others', async () => {
    await lives();
    const dead = contextOf({ list: () => Promise.reject(new Error('PM2 is dead')), restart: listed.restart });
    clock.advance(2 * MINUTE);
    await watch.run(dead);
    clock.advance(30_000);
    await watch.run(dead);
    await dead.effects.idle();
    expect([restarts, await told(), await readAudit(house.store.db, house.hostId, 5)]).toEqual([[], 0, []]);
  });
});

describe('on a real PM2', () => {
  it('a bot that hangs, which PM2 calls online, lives again; its neighbour is not touched', async () => {
    const home = await startPm2Home();
    const pm2 = createPm2({ home: home.home, clock: systemClock, log });
    try {
      for (const name of ['hypercare-bot', 'neighbour']) await home.startApp({ name, code: idleApp });
      const pidOf = async (name: string): Promise<number> => (await pm2.list()).find((one) => one.name === name)?.pid ?? 0;
      const [hung, neighbour] = [await pidOf('hypercare-bot'), await pidOf('neighbour')];
      process.kill(hung, 'SIGSTOP');
      // Two minutes later, for everybody but PM2.
      let ahead = 2 * MINUTE;
      const later: Clock = { ...systemClock, now: () => systemClock.now() + ahead, monotonic: () => systemClock.monotonic() + ahead };
      await lives(systemClock.now());
      const ctx = contextOf(pm2, later);
      await watch.run(ctx);
      ahead += 30_000;
      await watch.run(ctx);
      await ctx.effects.idle();
      await until('another bot to run', async () => ![0, hung].includes(await pidOf('hypercare-bot')));
      expect(await pidOf('neighbour')).toBe(neighbour);
      expect(await told()).toBe(1);
    } finally {
      await pm2.close();
      await home.stop();
    }
  });
});
