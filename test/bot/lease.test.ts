import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { startBot, type Bot } from '../../bot/bot.js';
import type { Channel } from '../../bot/channels/channel.js';
import { DEFAULT_TIERS } from '../../src/domain/tiers.js';
import { systemClock, type Clock } from '../../src/io/clock.js';
import { ownMark } from '../../src/io/process-mark.js';
import { channelStates } from '../../src/store/channels.js';
import { tell } from '../../src/store/events.js';
import { takeFence } from '../../src/store/hosts.js';
import { leaseOf, takeLease } from '../../src/store/leases.js';
import type { HostId } from '../../src/domain/ids.js';
import { policy } from '../src/policy/policies.js';
import { stageOfEachTest } from '../src/commands/spoken.js';
import { keepLog, openPlace, type Log, type Place } from './stage.js';

/** Seconds are hundredths here. */
const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) };

const stage = stageOfEachTest();
const bots: Bot[] = [];
const pokes: (() => void)[] = [];
afterEach(async () => {
  await Promise.all(bots.splice(0).map((bot) => bot.stop()));
});

/** What a monitor does, in its own process. */
async function happens(kind: 'monitor.pm2_lost' | 'monitor.pm2_back', hostId: HostId = stage.hostId): Promise<void> {
  await stage.store.write((tx) => tell(tx, hostId, { kind }, systemClock.now()));
  for (const poke of pokes) poke();
}

interface Started {
  readonly bot: Bot;
  readonly place: Place & { hears: boolean };
  readonly log: Log;
}

async function start(hostId: HostId = stage.hostId, name = 'chat'): Promise<Started> {
  const log = keepLog();
  const place = Object.assign(openPlace(name, systemClock), {
    hears: false, listensAs: 'telegram:token-1',
    start: (async (_hear, _verbs, hearing) => {
      place.hears = true;
      hearing(null);
      return async () => void (place.hears = false);
    }) satisfies NonNullable<Channel['start']>,
  });
  const carrier = { poke: async () => undefined, onPoke: async (fn: () => void) => (pokes.push(fn), async () => undefined) } as never;
  const bot = await startBot({ store: stage.store, hostId, hostName: 'vm-1', carrier, channels: [place], clock: hasty, log, tiers: DEFAULT_TIERS, settleMs: 30_000, policy: policy('observe'), timeZone: 'UTC', quietHours: [], onCall: null });
  bots.push(bot);
  return { bot, place, log };
}

const held = (name = `bot:${stage.hostId}`) => leaseOf(stage.store.db, name);
const heldBy = (holder: string): Promise<boolean> => stage.store.write((tx) => takeLease(tx, { name: `bot:${stage.hostId}`, holder }, systemClock.now(), 20_000));

describe('two bots of one host', () => {
  it('speak with one mouth and hear with one ear: the second waits, and takes over when the first ends', async () => {
    const first = await start();
    await expect.poll(() => first.place.hears).toBe(true);
    const second = await start();
    await expect.poll(() => second.log.lines.join('\n')).toContain('another bot serves this host; this one waits');
    await happens('monitor.pm2_lost');
    await expect.poll(() => first.place.said.length).toBe(1);
    expect([second.place.hears, second.place.said.length]).toEqual([false, 0]);
    await first.bot.stop();
    await expect.poll(() => second.place.hears).toBe(true);
    expect(first.place.hears).toBe(false);
    await happens('monitor.pm2_back');
    await expect.poll(() => second.place.said.length).toBe(1);
    expect(first.place.said).toHaveLength(1);
  });

  it('one that was frozen while the other took over stops at once', async () => {
    const first = await start();
    await expect.poll(() => first.place.hears).toBe(true);
    await stage.store.db.updateTable('leases').set({ until_at: 0 }).execute();
    await heldBy('pid:[1]/1/of-another-machine');
    await expect.poll(() => first.log.lines.join('\n')).toContain('another bot took over; this one waits');
    await expect.poll(() => first.place.hears).toBe(false);
  });
});

describe('a bot that starts', () => {
  it('does not wait for one of this machine that died', async () => {
    const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    await once(child, 'exit');
    await heldBy(ownMark().replace(/\/\d+\//, `/${child.pid}/`));
    const { place, log } = await start();
    await expect.poll(() => place.hears).toBe(true);
    expect(log.lines.join('\n')).not.toContain('another bot');
  });

  it('waits for one of another machine until its time is over', async () => {
    await heldBy('pid:[1]/1/of-another-machine');
    const { place, log } = await start();
    await expect.poll(() => log.lines.join('\n')).toContain('another bot serves this host');
    await stage.store.db.updateTable('leases').set({ until_at: 0 }).execute();
    await expect.poll(() => place.hears).toBe(true);
  });

  it('gives its lease up when it ends', async () => {
    const { bot, place } = await start();
    await expect.poll(() => place.hears).toBe(true);
    await bot.stop();
    expect([await held(), await held('ear:telegram:token-1')]).toEqual([null, null]);
  });
});

it('of two hosts with one token one hears, both speak, and the other’s status says who does', async () => {
  const other = await stage.store.write((tx) => takeFence(tx, 'vm-2', systemClock.now()));
  const first = await start();
  await expect.poll(() => first.place.hears).toBe(true);
  const second = await start(other.id, 'chat-2');
  await expect.poll(async () => (await channelStates(stage.store.db, other.id)).map(({ trouble }) => trouble?.why)).toEqual(['the bot of another host listens with the same token']);
  await happens('monitor.pm2_lost', other.id);
  await expect.poll(() => second.place.said.length).toBe(1);
  expect(second.place.hears).toBe(false);
  await first.bot.stop();
  await expect.poll(() => second.place.hears).toBe(true);
  await expect.poll(async () => (await channelStates(stage.store.db, other.id)).find(({ part }) => part === 'hears')?.trouble).toBeNull();
});
