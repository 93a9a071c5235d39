import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ratelimitClear } from '../../../monitoring/repairs/ratelimit-clear.js';
import type { ClearArgs } from '../../../monitoring/repairs/ratelimit-choice.js';
import type { RepairTarget } from '../../../monitoring/repairs/repair.js';
import type { ResourceId } from '../../../src/domain/ids.js';
import type { Prepared, Refusal } from '../../../src/domain/plan.js';
import type { Io } from '../../../src/io/io.js';
import { createRedis } from '../../../src/io/redis.js';
import { askAs, exhaust, startLimited, type LIMITED } from '../../doubles/limited-apps.js';
import { startPm2Home, until, type Pm2Home, type StartedApp } from '../../doubles/pm2-home.js';
import { appOf } from '../../doubles/pm2-list.js';
import { ioOf } from '../../doubles/pm2-repair.js';
import { noRedis, ownRedis, type OwnRedis } from '../../doubles/redis.js';

const [ANN, BEN] = ['203.0.113.7', '203.0.113.8'];

describe.skipIf(noRedis)('each library, with a real client that it turns away', () => {
  let home: Pm2Home;
  let own: OwnRedis;
  let io: Io;

  beforeAll(async () => {
    [home, own] = await Promise.all([startPm2Home(), ownRedis()]);
    io = { ...ioOf(home.home), redis: createRedis() } as Io;
  });

  beforeEach(() => own.say('FLUSHDB'));

  afterAll(async () => {
    await io.pm2.close();
    await io.redis.close();
    await home.stop();
    await own.stop();
  });

  function targetOf(app: StartedApp): RepairTarget {
    return appOf([app.name], { uses: [{ id: 'redis-1' as ResourceId, kind: 'redis', name: 'cache', url: own.url }] });
  }

  async function begin(which: keyof typeof LIMITED, name: string, cluster?: number): Promise<{ readonly app: StartedApp; clear(args: ClearArgs): Promise<readonly unknown[]>; prepare(args: ClearArgs): Promise<Prepared | Refusal> }> {
    const app = await startLimited(home, which, { name, redisUrl: own.url, ...(cluster === undefined ? {} : { cluster }) });
    const target = targetOf(app);
    const prepare = (args: ClearArgs): Promise<Prepared | Refusal> => ratelimitClear.prepare(target, args, io, AbortSignal.timeout(10_000));
    return {
      app, prepare,
      async clear(args) {
        const prepared = await prepare(args);
        if ('refused' in prepared) throw new Error(prepared.refused);
        const receipts: unknown[] = [];
        for (const step of ratelimitClear.steps(target, args, prepared)) {
          expect(await step.state(prepared.witness, {}, io)).toBe('before');
          receipts.push(await step.act(prepared.witness, {}, io, AbortSignal.timeout(step.timeoutMs)));
          await until(`${step.name} to be done`, async () => (await step.state(prepared.witness, {}, io)) === 'after');
        }
        return receipts;
      },
    };
  }

  it.each(['express-rate-limit', 'rate-limiter-flexible', '@fastify/rate-limit'] as const)('%s lets in the one who is named, and nobody else; then all by prefix', async (which) => {
    const { app, clear, prepare } = await begin(which, which.replace(/[^a-z]/g, '-').replace(/^-/, ''));
    await exhaust(ANN, app.url);
    await exhaust(BEN, app.url);
    expect(await clear({ identity: ANN })).toEqual([expect.objectContaining({ removed: 1 })]);
    expect([await askAs(ANN, app.url), await askAs(BEN, app.url)]).toEqual([200, 429]);
    expect(await prepare({ identity: '203.0.113.9' })).toMatchObject({ refused: expect.stringMatching(/^nobody counts 203\.0\.113\.9: counted are 203\.0\.113\.8 \(\d+\), 203\.0\.113\.7 \(1\)$/) });
    const prefix = { 'express-rate-limit': 'rl:', 'rate-limiter-flexible': 'rlflx:', '@fastify/rate-limit': 'fastify-rate-limit-' }[which];
    expect(await clear({ prefix })).toEqual([expect.objectContaining({ removed: 2 })]);
    expect(await askAs(BEN, app.url)).toBe(200);
  }, 40_000);

  it('@fastify/rate-limit counts a route by itself: whoever is named is let in there too', async () => {
    const { app, clear } = await begin('@fastify/rate-limit', 'routes');
    await exhaust(ANN, app.url);
    await exhaust(ANN, `${app.url}sign-in`);
    expect(await clear({ identity: ANN })).toEqual([expect.objectContaining({ removed: 2 })]);
    expect([await askAs(ANN, app.url), await askAs(ANN, `${app.url}sign-in`)]).toEqual([200, 200]);
  }, 40_000);

  it('@fastify/rate-limit in memory lets in by a reload, and leaves another app alone that counts in the Redis it has a client for', async () => {
    const other = await startLimited(home, '@fastify/rate-limit', { name: 'other', redisUrl: own.url });
    const { app, clear, prepare } = await begin('@fastify/rate-limit in memory', 'in-memory');
    await exhaust(ANN, other.url);
    await exhaust(ANN, app.url);
    expect(await prepare({ identity: ANN })).toMatchObject({ does: [{ does: 'pm2 reload in-memory' }], bounds: { counters: 0 } });
    await clear({ identity: ANN });
    await until('it to be back', () => fetch(`${app.url}health`).then((answer) => answer.ok, () => false));
    expect([await askAs(ANN, app.url), await askAs(ANN, other.url)]).toEqual([200, 429]);
  }, 40_000);

  it('refuses what another app counts below the same prefix in the same Redis, until the config says whose it is', async () => {
    const { app } = await begin('@fastify/rate-limit', 'one');
    await startLimited(home, '@fastify/rate-limit', { name: 'two', redisUrl: own.url });
    await exhaust(ANN, app.url);
    const target = targetOf(app);
    const uses = target.uses.map((one) => ({ ...one, sharedBy: [{ name: 'two', processes: ['two'], limiters: [] }] }));
    const prepare = (over: Partial<RepairTarget>): Promise<Prepared | Refusal> => ratelimitClear.prepare({ ...target, uses, ...over }, { identity: ANN }, io, AbortSignal.timeout(10_000));
    expect(await prepare({})).toEqual({ refused: 'two uses cache too and may count below fastify-rate-limit- as well: whose a counter there is cannot be told. Give each app a prefix of its own in its code, and name it under apps.shop.limiters; where one alone counts there, name the prefix under that one' });
    expect(await prepare({ options: { limiters: [{ prefix: 'fastify-rate-limit-', limit: null }] } })).toMatchObject({ bounds: { counters: 10 } });
    expect(await prepare({ uses: uses.map((one) => ({ ...one, sharedBy: [{ name: 'two', processes: ['two'], limiters: ['fastify-rate-limit-'] }] })), options: { limiters: [{ prefix: 'fastify-rate-limit-', limit: null }] } })).toMatchObject({ refused: expect.stringContaining('two uses cache too') });
    expect(await prepare({ uses: uses.map((one) => ({ ...one, sharedBy: [{ name: 'two', processes: ['two'], limiters: ['two-'] }] })) })).toMatchObject({ bounds: { counters: 10 } });
  }, 40_000);

  it('rate-limiter-flexible goes on to turn away from its memory, so the app is reloaded too', async () => {
    const { app, clear, prepare } = await begin('rate-limiter-flexible that blocks in memory too', 'remembers', 2);
    for (let n = 0; n < 12; n += 1) await askAs(ANN, app.url); // Both workers have blocked him now.
    await clear({ identity: ANN, reload: 'no' });
    const answers = await Promise.all(Array.from({ length: 6 }, () => askAs(ANN, app.url)));
    expect(answers, 'the key alone is not enough').toContain(429);
    expect(await prepare({ identity: ANN, reload: 'no' })).toMatchObject({ refused: expect.stringContaining('nobody counts') });
    const receipts = await clear({ identity: ANN });
    expect(receipts.at(-1)).toEqual({ asked: true });
    expect(await askAs(ANN, app.url)).toBe(200);
  }, 40_000);

  it('express-rate-limit in memory is cleared by a reload, and the plan says that it forgets everybody', async () => {
    const { app, clear, prepare } = await begin('express-rate-limit in memory', 'forgets');
    await exhaust(ANN, app.url);
    expect(await prepare({ identity: ANN })).toMatchObject({
      does: [{ does: 'pm2 reload forgets' }], bounds: { counters: 0, restarts: 1 },
      notes: expect.arrayContaining(['The app is reloaded because express-rate-limit counts in the memory of each worker, and so forgets everybody whom it counts in memory.']),
    });
    expect(await clear({ identity: ANN })).toEqual([{ asked: true }]);
    await until('the app to be back', () => fetch(`${app.url}health`).then((answer) => answer.ok, () => false));
    expect(await askAs(ANN, app.url)).toBe(200);
  }, 40_000);

  it('bottleneck is filled up as its own API does it: what waits begins, and nothing of it is removed', async () => {
    const { app, clear, prepare } = await begin('bottleneck', 'mails');
    for (let n = 0; n < 3; n += 1) expect(await askAs(ANN, app.url)).toBe(200);
    const waiting = askAs(BEN, app.url);
    expect(await waiting).toBe(503);
    const keys = async (): Promise<unknown> => ((await own.say('KEYS', 'b_*')) as string[]).sort();
    const before = await keys();
    expect(await prepare({})).toMatchObject({ bounds: { limiters: 10, restarts: 0 }, notes: expect.arrayContaining(['1 of 1 limiters of jobs below b_ in cache: mails (1 job waits, 0 of 3 left)']) });
    expect(await clear({})).toEqual([expect.objectContaining({ filled: 3, freed: 0 })]);
    await until('the job that waited to be done', async () => Number(await own.say('HGET', 'b_mails_settings', 'reservoir')) === 2);
    expect(await askAs(ANN, app.url)).toBe(200);
    expect(await keys()).toEqual(expect.arrayContaining(before as string[]));
  }, 40_000);

  it('bottleneck gets back the room that jobs of a worker held which is gone', async () => {
    const { app, clear } = await begin('bottleneck', 'lost');
    for (let n = 0; n < 3; n += 1) void askAs(ANN, `${app.url}stuck`).catch(() => 0);
    await until('all room to be taken', async () => Number(await own.say('HGET', 'b_mails_settings', 'running')) === 3);
    await home.pm2('restart', 'lost');
    await until('it to be back', () => fetch(`${app.url}health`).then((answer) => answer.ok, () => false));
    const [dead] = (await own.say('ZRANGEBYSCORE', 'b_mails_client_running', 1, 10)) as [string];
    await own.say('ZADD', 'b_mails_client_last_seen', Date.now() - 60_000, dead); // A minute passes.
    await own.say('HSET', 'b_mails_settings', 'reservoir', 3);
    expect(await askAs(BEN, app.url), 'there is no room').toBe(503);
    expect(await clear({ identity: 'mails' })).toEqual([expect.objectContaining({ freed: 3 })]);
    expect(await askAs(BEN, app.url)).toBe(200);
  }, 40_000);
});
