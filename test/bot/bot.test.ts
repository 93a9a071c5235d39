import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBot, type Bot } from '../../bot/bot.js';
import type { Channel, Hear, Refused, Stop, Verb } from '../../bot/channels/channel.js';
import { HypercareError } from '../../src/domain/errors.js';
import { DEFAULT_TIERS } from '../../src/domain/tiers.js';
import { fileCarrier } from '../../src/io/file-carrier.js';
import { systemClock, type Clock } from '../../src/io/clock.js';
import { tell } from '../../src/store/events.js';
import { channelStates } from '../../src/store/channels.js';
import { hostByName } from '../../src/store/hosts.js';
import { openStore, type Store } from '../../src/store/store.js';
import { policy } from '../src/policy/policies.js';
import { openStage, type Stage } from '../src/commands/stage.js';
import { keepLog, openPlace, type Log, type Place } from './stage.js';

/** Waits of the bot's are short here: what it waits for are minutes. */
const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 20), signal) };

let stage: Stage;
/** Another process's connection to the same file. */
let monitor: Store;
let log: Log;
let bot: Bot | null;
beforeEach(async () => {
  stage = await openStage();
  monitor = openStore({ file: stage.file });
  log = keepLog();
  bot = null;
});
afterEach(async () => {
  await bot?.stop();
  await monitor.close();
  await stage.close();
});

async function start(channels: readonly Channel[], change: { readonly clock?: Clock; readonly store?: Store; readonly refused?: readonly Refused[] } = {}): Promise<Bot> {
  const store = change.store ?? stage.store;
  const carrier = fileCarrier(stage.file, () => stage.store.dataVersion());
  bot = await startBot({ store, hostId: stage.hostId, hostName: 'vm-1', carrier, channels, refused: change.refused ?? [], clock: change.clock ?? systemClock, log, tiers: DEFAULT_TIERS, settleMs: 30_000, policy: policy('observe'), timeZone: 'UTC', quietHours: [], onCall: null });
  return bot;
}

/** What a monitor does when PM2 dies, in its own process. */
const happens = (): Promise<void> => monitor.write((tx) => tell(tx, stage.hostId, { kind: 'monitor.pm2_lost' }, systemClock.now()));
const heardOf = (place: Place, times = 1): Promise<void> => expect.poll(() => place.said.length, { timeout: 5_000, interval: 10 }).toBe(times);
const seenAt = async (): Promise<number | null> => (await hostByName(stage.store.db, 'vm-1'))?.bot_seen_at ?? null;

/** A place that listens, too. */
function listening(name: string, begin: (hear: Hear, verbs: readonly Verb[]) => Promise<Stop>): Place & Required<Pick<Channel, 'start'>> {
  return Object.assign(openPlace(name, systemClock), { start: begin });
}

describe('the people’s process', () => {
  it('tells in every channel what another process wrote, as soon as it is written', async () => {
    const places = [openPlace('one', systemClock), openPlace('two', systemClock)];
    await start(places);
    await happens();
    for (const place of places) await heardOf(place);
  });

  it('is not held up by a channel that never takes its card', async () => {
    let release: (ref: null) => void = () => undefined;
    const dead: Channel = { name: 'dead', deliver: () => new Promise((taken) => (release = taken)) };
    const place = openPlace('alive', systemClock);
    await start([dead, place]);
    await happens();
    await heardOf(place);
    await happens();
    await heardOf(place, 2);
    release(null);
  });

  it('shows that it lives', async () => {
    await start([]);
    await expect.poll(seenAt).toBeGreaterThan(systemClock.now() - 5_000);
  });

  it('hands its channels the verbs that people may say there', async () => {
    let offered: readonly Verb[] = [];
    await start([listening('chat', async (_, verbs) => {
      offered = verbs;
      return async () => undefined;
    })]);
    await expect.poll(() => offered.map(({ name }) => name)).toEqual(expect.arrayContaining(['status', 'approve', 'rollback', 'restore-point', 'help']));
    expect(offered.every(({ summary }) => summary.length > 5)).toBe(true);
  });

  it('answers what is said in a channel', async () => {
    let ear: Hear | null = null;
    await start([listening('chat', async (hear) => {
      ear = hear;
      return async () => undefined;
    })]);
    await expect.poll(() => ear).not.toBeNull();
    const reply = await (ear as unknown as Hear)({ platform: 'slack', userId: 'U0ANN', userName: 'ann', said: { words: 'whoami' }, nonce: 'n' });
    expect(reply.card.title).toBe('you are Ann, approver');
  });
});

describe('what goes wrong', () => {
  it('a channel that cannot begin to listen is tried again, speaks meanwhile, and says what to do', async () => {
    let tries = 0;
    const place = listening('chat', async () => {
      tries += 1;
      if (tries < 3) throw new HypercareError('chat.token', 'invalid', 'the token is none', 'Copy it again.');
      return async () => undefined;
    });
    await start([place], { clock: hasty });
    await happens();
    await heardOf(place);
    await expect.poll(() => log.lines.filter((line) => line.includes('was told to listen')).length).toBe(1);
    // Told once, however often it is tried.
    expect([tries, log.lines.filter((line) => line.includes('Copy it again.')).length]).toEqual([3, 1]);
  });

  it('what cannot be used, or not reached, is written where status finds it, and goes with its cause', async () => {
    const states = async (): Promise<readonly string[]> => (await channelStates(stage.store.db, stage.hostId)).map(({ name, part, trouble }) => `${name} ${part}: ${trouble === null ? 'well' : `${trouble.why} ${trouble.mend}`}`);
    const place = openPlace('place', systemClock);
    place.faults.push(new HypercareError('place.refused', 'transient', 'the token is refused', 'Copy it.'));
    const refused = [{ kind: 'telegram', error: new HypercareError('telegram.token', 'invalid', 'it is no token', 'Copy it whole.') }];
    await start([place], { clock: hasty, refused });
    await expect.poll(states).toEqual(['telegram speaks: it is no token Copy it whole.']);
    await happens();
    await expect.poll(states, { timeout: 5_000 }).toContain('place speaks: the token is refused Copy it.');
    await expect.poll(states, { timeout: 5_000 }).toContain('place speaks: well');
    await bot?.stop();
    await start([place]);
    await expect.poll(states).toEqual([]);
  });

  it('a store that fails for a while is outlived', async () => {
    let broken = true;
    const flaky: Store = { ...stage.store, write: (fn) => (broken ? Promise.reject(new Error('the disk is full')) : stage.store.write(fn)) };
    const place = openPlace('place', systemClock);
    await start([place], { store: flaky, clock: hasty });
    await happens();
    await expect.poll(() => log.lines.some((line) => line.includes('the relay failed; it is run again'))).toBe(true);
    broken = false;
    await heardOf(place);
  });
});

describe('stopping', () => {
  it('ends the ears and the mouth, and nothing is said after it', async () => {
    let ended = 0;
    const place = listening('chat', async () => async () => void (ended += 1));
    await start([place]);
    await happens();
    await heardOf(place);
    const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    await bot?.stop();
    await happens();
    await systemClock.sleep(400);
    expect([ended, place.said.length]).toEqual([1, 1]);
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length).toBeLessThan(timers);
  });

  it('stops a channel that begins to listen only afterwards', async () => {
    let begin: (() => void) | null = null;
    let ended = 0;
    await start([listening('slow', () => new Promise((begun) => {
      begin = () => begun(async () => void (ended += 1));
    }))], { clock: hasty });
    await expect.poll(() => begin).not.toBeNull();
    await bot?.stop();
    (begin as unknown as () => void)();
    await expect.poll(() => ended).toBe(1);
  });

  it('waits for what is being said', async () => {
    let taken = false;
    const slow: Channel = { name: 'slow', deliver: async () => systemClock.sleep(300).then(() => ((taken = true), 'there')) };
    await start([slow]);
    await happens();
    await expect.poll(async () => (await stage.store.db.selectFrom('deliveries').selectAll().execute()).length).toBe(1);
    await bot?.stop();
    expect(taken).toBe(true);
    expect(await stage.store.db.selectFrom('deliveries').select('state').execute()).toEqual([{ state: 'done' }]);
  });

  it('does not wait for ever', async () => {
    const dead = { ...openPlace('dead', systemClock), deliver: () => new Promise<never>(() => undefined), start: () => new Promise<never>(() => undefined) };
    // Eight seconds and a minute are 20 ms here.
    await start([dead], { clock: { ...hasty, sleep: (ms, signal) => (ms === 60_000 ? new Promise(() => undefined) : hasty.sleep(ms, signal)) } });
    await happens();
    await bot?.stop();
  });
});
