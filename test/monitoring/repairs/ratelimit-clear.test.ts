import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ratelimitClear } from '../../../monitoring/repairs/ratelimit-clear.js';
import type { ClearArgs } from '../../../monitoring/repairs/ratelimit-choice.js';
import type { RepairTarget } from '../../../monitoring/repairs/repair.js';
import { HypercareError } from '../../../src/domain/errors.js';
import type { Json } from '../../../src/domain/json.js';
import type { Prepared } from '../../../src/domain/plan.js';
import { repairContract } from '../../contracts/repair.js';
import { LIMITED, packageDir } from '../../doubles/limited-apps.js';
import { startPm2Home, type Pm2Home } from '../../doubles/pm2-home.js';
import { appOf, ioListing, listed } from '../../doubles/pm2-list.js';
import { openPm2World, type Pm2World } from '../../doubles/pm2-world.js';
import { noRedis, type OwnRedis } from '../../doubles/redis.js';
import { redisWorld, type RedisWorld } from '../../doubles/redis-target.js';

const KEY = 'sk_live_0123456789abcdefghij';

interface How {
  readonly args?: ClearArgs;
  readonly packages?: readonly string[];
  readonly limiters?: Json;
}

/** An app of which PM2 lists one worker, in a directory with a package.json, and the Redis it uses. */
async function open({ args = { identity: '203.0.113.7' }, packages = LIMITED['express-rate-limit'].packages, limiters = [] }: How = {}): Promise<RedisWorld<ClearArgs>> {
  const dir = await packageDir(await mkdtemp(join(tmpdir(), 'hc-limited-')), packages);
  await writeFile(join(dir, 'app.cjs'), packages.includes('bottleneck') ? LIMITED.bottleneck.code : LIMITED['express-rate-limit'].code);
  const world = await redisWorld(args, {}, async (own) => {
    for (const [key, count] of [['rl:203.0.113.7', 41], ['rl:203.0.113.8', 12], [`rl:${KEY}`, 2], ['rlx:203.0.113.7', 5], ['rl:lock:7', 1]]) await own.say('SET', String(key), Number(count), 'EX', 600);
    await own.say('SET', 'rl:203.0.113.9', 'no number');
    await own.say('HSET', 'rl:203.0.113.10', 'a', '1');
    if (packages.includes('bottleneck')) await emptyGate(own);
  });
  const { pm2 } = ioListing([listed({ execPath: join(dir, 'app.cjs'), cwd: dir, requestsPerS: 1.5 })]);
  return {
    ...world,
    io: { ...world.io, pm2 },
    target: appOf(['shop'], { options: { limiters }, uses: [{ id: 'redis-1' as RepairTarget['id'], kind: 'redis', name: 'cache', url: world.own.url }] }),
    other() {
      const other = world.other();
      return { ...other, io: { ...other.io, pm2 } };
    },
    async close() {
      await world.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A limiter of jobs that is empty, for which four wait. */
async function emptyGate(own: OwnRedis): Promise<void> {
  await own.say('HSET', 'b_mails_settings', 'id', 'mails', 'reservoir', 0, 'reservoirRefreshAmount', 5, 'running', 0, 'maxConcurrent', '', 'unblockTime', 0, 'clientTimeout', 10_000);
  await own.say('HSET', 'b_mails_client_num_queued', 'worker', 4);
}

const packagesOf = async ({ io }: RedisWorld<ClearArgs>, packages: readonly string[]): Promise<void> => {
  const [worker] = await io.pm2.list();
  await writeFile(join(worker?.cwd ?? '', 'package.json'), JSON.stringify({ dependencies: Object.fromEntries(packages.map((name) => [name, '*'])) }));
};

describe.skipIf(noRedis)('letting in again whom a limiter turns away', () => {
  repairContract({
    repair: ratelimitClear,
    open,
    refused: {
      'whom nobody counts': async () => ({ args: { identity: '198.51.100.1' } }),
      'one and all at once': async () => ({ args: { identity: '203.0.113.7', prefix: 'rl:' } }),
      'a prefix that is not of its limiters': async () => ({ args: { prefix: 'page:' } }),
      'more than its limiters count': async () => ({ args: { prefix: 'rl' } }),
      'a pattern': async () => ({ args: { prefix: 'rl:*' } }),
      'to guess who is blocked where no limit is known': async () => ({ args: {} }),
      'an app that has no limiter': (world) => packagesOf(world, ['express']),
      'an app whose Redis the config does not name': async ({ target }) => ({ target: { ...target, uses: [] } }),
      'a limiter of which its code does not tell where it counts': (world) => packagesOf(world, ['@fastify/rate-limit', 'ioredis']),
      'what another app that PM2 does not run may count there': async ({ target }) => ({ target: { ...target, uses: target.uses.map((one) => ({ ...one, sharedBy: [{ name: 'shop2', processes: ['shop2'], limiters: [] }] })) } }),
      'jobs that stand in memory alone': (world) => packagesOf(world, ['bottleneck']),
      'while PM2 does not answer': async ({ io }) => ({ io: { ...io, pm2: ioListing(new HypercareError('pm2.dead', 'transient', 'PM2 does not run', 'Start it.')).pm2 } }),
    },
  });

  let world: RedisWorld<ClearArgs>;

  async function begin(how: How = {}): Promise<void> {
    world = await open(how);
    onTestFinished(world.close);
  }

  async function prepared(args: ClearArgs = world.args): Promise<Prepared> {
    const made = await ratelimitClear.prepare(world.target, args, world.io, new AbortController().signal);
    if ('refused' in made) throw new Error(made.refused);
    return made;
  }

  async function run(plan: Prepared, args: ClearArgs = world.args): Promise<unknown> {
    const receipts: unknown[] = [];
    for (const step of ratelimitClear.steps(world.target, args, plan)) receipts.push(await step.act(plan.witness, {}, world.io, new AbortController().signal));
    return receipts;
  }

  it('says whom, how much of it there is, and how many press against the door', async () => {
    await begin();
    const plan = await prepared();
    expect(plan).toMatchObject({
      does: [{ does: 'UNLINK in cache the counters below rl: of 203.0.113.7, at most 10' }], touches: ['app-1', 'redis-1'], bounds: { counters: 10, restarts: 0 },
      notes: ['1 of 3 counters below rl: in cache: 203.0.113.7 (41)', "1.5 requests a second come in now, by PM2's count of the last minute."],
    });
    expect(JSON.stringify(plan)).not.toContain(world.own.url);
    expect(await run(plan)).toEqual([{ said: 'removed 1 counter below rl: in cache', removed: 1 }]);
  });

  it('removes no more than counters: what is no number, and locks, stay', async () => {
    await begin({ args: { prefix: 'rl:' } });
    expect(await run(await prepared())).toMatchObject([{ removed: 3 }]);
    expect(await world.essence()).toEqual(['rl:203.0.113.10', 'rl:203.0.113.9', 'rl:lock:7', 'rlx:203.0.113.7']);
  });

  it('lets in without a name those that are above a limit that the config names, and says that by prefix more would be', async () => {
    await begin({ args: {}, limiters: [{ prefix: 'rl:', limit: 10 }] });
    const plan = await prepared();
    expect(plan.does[0]?.does).toBe('UNLINK in cache the counters below rl: above the limit of 10, at most 10');
    expect(plan.notes[0]).toBe('2 of 3 counters below rl: in cache: 203.0.113.7 (41 of 10), 203.0.113.8 (12 of 10)');
    expect((await prepared({ prefix: 'rl:' })).notes[1]).toBe('Only 2 of them are above the limit: without prefix only those are cleared, and with identity=… one of them.');
    expect(await run(plan)).toMatchObject([{ removed: 2 }]);
    expect(await world.own.say('EXISTS', `rl:${KEY}`)).toBe(1);
  });

  it('lets in without a name, where no limit is known, this machine alone: of nobody else it sees that he is turned away', async () => {
    await begin({ args: {} });
    await world.own.say('SET', 'rl:127.0.0.1', 4);
    const plan = await prepared();
    expect(plan.does[0]?.does).toBe('UNLINK in cache the counters below rl: of this machine, whose checks it turns away, at most 10');
    expect(plan.notes.slice(0, 2)).toEqual(['1 of 4 counters below rl: in cache: 127.0.0.1 (4)', 'One of them is this machine or its network: whoever comes through a proxy there is let in with it.']);
    expect(await run(plan)).toMatchObject([{ removed: 1 }]);
    expect(await world.own.say('EXISTS', 'rl:203.0.113.7')).toBe(1);
  });

  it('says of all that it takes all', async () => {
    await begin({ args: { prefix: 'rl:' } });
    expect((await prepared()).does[0]?.does).toBe('UNLINK in cache all counters below rl:, at most 10');
  });

  it('shows of what looks like a token only the beginning, and takes that for its name', async () => {
    await begin({ args: { prefix: 'rl:' } });
    expect((await prepared()).notes[0]).toBe('3 of 3 counters below rl: in cache: 203.0.113.7 (41), 203.0.113.8 (12), sk_liv… (2)');
    const plan = await prepared({ identity: 'sk_liv…' });
    expect(JSON.stringify([plan, await ratelimitClear.prepare(world.target, { identity: KEY }, world.io, AbortSignal.timeout(5_000))])).not.toContain(KEY);
    await world.own.say('SET', 'rl:sk_live_zzzz6789abcdefghij', 3);
    expect(await ratelimitClear.prepare(world.target, { identity: 'sk_liv…' }, world.io, AbortSignal.timeout(5_000))).toEqual({ refused: 'more than one identity is shown as sk_liv…: name it whole' });
    expect(await run(await prepared({ identity: KEY }), { identity: KEY })).toMatchObject([{ removed: 1 }]);
  });

  it('shows what comes from requests as one plain line', async () => {
    await begin({ args: { prefix: 'rl:' } });
    await world.own.say('SET', `rl:\u001b[31mboo\n\u202eevil ${'x'.repeat(500)}`, 99);
    const [note] = (await prepared()).notes;
    expect(note).toMatch(/: \?\[31mboo\?\?evil\?x+… \(99\), 203/);
    expect(note?.length).toBeLessThan(400);
  });

  it('knows that it was done although the one who was let in asks again', async () => {
    await begin();
    const plan = await prepared();
    await run(plan);
    await world.own.say('SET', 'rl:203.0.113.7', 1);
    const [step] = ratelimitClear.steps(world.target, world.args, plan);
    expect(await step?.state(plan.witness, {}, world.io)).toBe('after');
    expect(await step?.state((await prepared()).witness, {}, world.io)).toBe('before');
  });

  it('lets nobody in late: a server that was frozen refuses what it was asked before', async () => {
    await begin();
    const { own } = world;
    const { removeCounters } = await import('../../../src/io/limiter-counters.js');
    const slow = { ...world.io, redis: { ...world.io.redis, call: (url: string, command: Parameters<typeof world.io.redis.call>[1], limits?: object) => world.io.redis.call(url, command[0] === 'EVAL' ? ([...command.slice(0, -1), Number(command.at(-1)) - 60] as never) : command, limits) } };
    await expect(removeCounters(slow, own.url, ['rl:203.0.113.7'], AbortSignal.timeout(5_000))).rejects.toMatchObject({ code: 'repair.changed' });
    expect(await own.say('EXISTS', 'rl:203.0.113.7')).toBe(1);
  });

  it('looks below a prefix of the app’s own where the config names one, and nowhere else', async () => {
    await begin({ limiters: [{ prefix: 'rlx:', limit: null }] });
    expect((await prepared()).notes[0]).toBe('1 of 1 counters below rlx: in cache: 203.0.113.7 (5)');
    expect(await ratelimitClear.prepare(world.target, { prefix: 'rl:' }, world.io, AbortSignal.timeout(5_000))).toEqual({ refused: 'no limiter of it counts below that; they count below rlx:' });
  });

  it('says of a limiter of which the code does not tell where it counts what to do', async () => {
    await begin({ packages: ['@fastify/rate-limit', 'ioredis'] });
    expect(await ratelimitClear.prepare(world.target, world.args, world.io, AbortSignal.timeout(5_000))).toEqual({ refused: 'whether @fastify/rate-limit counts in a Redis or in the memory of its workers cannot be told from its code. In a Redis: name what its keys begin with under apps.shop.limiters. In memory: pm2.reload shop lets everybody in' });
  });

  it('takes as one plan what differs in counts alone, so that a yes to it holds', async () => {
    await begin();
    const before = await prepared();
    await world.own.say('INCRBY', 'rl:203.0.113.7', 50);
    expect((await prepared()).does).toEqual(before.does);
  });
});

describe.skipIf(noRedis)('letting jobs begin again', () => {
  repairContract({
    repair: ratelimitClear,
    async open() {
      const world = await open({ args: {}, packages: LIMITED.bottleneck.packages });
      return { ...world, essence: async () => (await world.own.say('HGET', 'b_mails_settings', 'reservoir')) as Json };
    },
    refused: {
      'a limiter that has room': async ({ own }) => void (await own.say('HSET', 'b_mails_settings', 'reservoir', 5)),
      'a limiter that nobody waits for': async ({ own }) => void (await own.say('DEL', 'b_mails_client_num_queued')),
    },
  });
});

describe('where it counts in memory', () => {
  let home: Pm2Home;

  beforeAll(async () => {
    home = await startPm2Home();
  });

  afterAll(() => home.stop());

  repairContract<ClearArgs, Pm2World<ClearArgs>>({
    repair: ratelimitClear,
    async open() {
      const cwd = await packageDir(await mkdtemp(join(home.home, 'limited-')), LIMITED['express-rate-limit in memory'].packages);
      return openPm2World<ClearArgs>({ home, app: { cwd, code: LIMITED['express-rate-limit in memory'].code, awaitAnswer: true }, args: {}, essence: (instances) => instances.map(({ startedAt }) => startedAt) });
    },
    refused: { 'what PM2 does not list': async () => ({ target: appOf(['nobody']) }), 'where people say that nothing is reloaded': async () => ({ args: { reload: 'no' } }) },
  });
});
