import { describe, expect, it, onTestFinished } from 'vitest';
import { redisKillClients } from '../../../monitoring/repairs/redis-kill-clients.js';
import { matchedClients } from '../../../monitoring/repairs/redis-clients.js';
import { createRedis, type Redis } from '../../../src/io/redis.js';
import { until } from '../../doubles/pm2-home.js';
import { repairContract } from '../../contracts/repair.js';
import { noRedis } from '../../doubles/redis.js';
import { redisWorld, type RedisWorld } from '../../doubles/redis-target.js';

interface Args {
  name?: string;
  address?: string;
  idle?: string;
}

interface Crowd extends RedisWorld<Args> {
  readonly clients: readonly Redis[];
}

/** Three connections of an app, and one that it listens with. */
async function crowd(args: Args = { name: 'shop' }): Promise<Crowd> {
  const world = await redisWorld<Args>(args, {}, async () => undefined);
  const clients = Array.from({ length: 4 }, () => createRedis());
  for (const client of clients) await client.call(world.own.url, ['CLIENT', 'SETNAME', 'shop']);
  await clients[3]?.call(world.own.url, ['SUBSCRIBE', 'news']);
  const names = async (): Promise<readonly string[]> => matchedOf(String(await world.own.say('CLIENT', 'LIST')));
  return {
    ...world, clients, look: async () => [...(await names())], essence: async () => [...(await names())],
    async close() {
      for (const client of clients) await client.close();
      await world.close();
    },
  };
}

function matchedOf(list: string): readonly string[] {
  return [...list.matchAll(/name=(shop) .*?flags=(\w+)/g)].map(([, name, flags]) => `${name} ${flags}`).sort();
}

describe.skipIf(noRedis)('ending connections', () => {
  repairContract({
    repair: redisKillClients,
    open: () => crowd(),
    refused: {
      'without a word of which': async () => ({ args: {} }),
      'where none is so': async () => ({ args: { name: 'nobody' } }),
      'our own': async () => ({ args: { name: 'hypercare' } }),
    },
  });

  it('ends who matches, and never who listens', async () => {
    const world = await crowd();
    onTestFinished(world.close);
    const prepared = await redisKillClients.prepare(world.target, world.args, world.io, new AbortController().signal);
    if ('refused' in prepared) throw new Error(prepared.refused);
    expect(prepared).toMatchObject({ bounds: { clients: 10 }, notes: ['3 connections are matched now: shop × 3'] });
    const [step] = redisKillClients.steps(world.target, world.args, prepared);
    // Who comes later, under the same name, was not approved.
    const late = createRedis();
    onTestFinished(() => late.close());
    await late.call(world.own.url, ['CLIENT', 'SETNAME', 'shop']);
    expect(await step?.act(prepared.witness, {}, world.io, new AbortController().signal)).toMatchObject({ ended: 3 });
    expect(await world.look()).toEqual(['shop N', 'shop P']);
  });

  it('gets in where nobody else does any more, because its connection stays', async () => {
    const world = await crowd();
    onTestFinished(world.close);
    const prepared = await redisKillClients.prepare(world.target, world.args, world.io, new AbortController().signal);
    if ('refused' in prepared) throw new Error(prepared.refused);
    const taken = String(await world.own.say('CLIENT', 'LIST')).trim().split('\n').length;
    await world.own.say('CONFIG', 'SET', 'maxclients', taken);
    const customer = createRedis();
    onTestFinished(() => customer.close());
    await expect(customer.call(world.own.url, ['PING'])).rejects.toMatchObject({ code: 'redis.clients' });
    const [step] = redisKillClients.steps(world.target, world.args, prepared);
    await step?.act(prepared.witness, {}, world.io, new AbortController().signal);
    await until('there to be room', async () => (await customer.call(world.own.url, ['PING']).catch(() => null)) === 'PONG');
  });
});

describe('a list of clients', () => {
  const line = (id: number, more: Readonly<Record<string, string | number>> = {}): string =>
    Object.entries({ id, addr: `10.0.0.${id}:5000`, name: '', idle: 700, flags: 'N', db: 0, sub: 0, psub: 0, multi: -1, cmd: 'get', user: 'default', ...more }).map(([key, value]) => `${key}=${value}`).join(' ');
  const list = [
    line(1), line(2, { flags: 'S' }), line(3, { flags: 'M' }), line(4, { flags: 'P', sub: 1 }), line(5, { flags: 'b' }), line(6, { flags: 'x', multi: 2 }), line(7, { flags: 'O' }),
    line(8, { name: 'hypercare' }), line(9, { idle: 3 }), line(10, { name: 'shop' }), '',
  ].join('\n');
  const ids = (filter: Partial<Parameters<typeof matchedClients>[1]>): readonly string[] => matchedClients(list, { name: null, address: null, idleMs: 0, ...filter }).map(({ id }) => id);

  it('gives up only who asks and waits for nothing', () => {
    expect(ids({})).toEqual(['1', '9', '10']);
  });

  it('is narrowed by name, address with or without a port, and idle time', () => {
    expect(ids({ name: 'shop' })).toEqual(['10']);
    expect(ids({ address: '10.0.0.9' })).toEqual(['9']);
    expect(ids({ address: '10.0.0.1:5000' })).toEqual(['1']);
    expect(ids({ address: '10.0.0.1:5001' })).toEqual([]);
    expect(ids({ idleMs: 600_000 })).toEqual(['1', '10']);
  });
});
