import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { redis as collector } from '../../../monitoring/evidence/redis.js';
import { redis as probe } from '../../../monitoring/probes/redis.js';
import { ratelimitClear } from '../../../monitoring/repairs/ratelimit-clear.js';
import { redisClearLocks } from '../../../monitoring/repairs/redis-clear-locks.js';
import { redisFlushDb } from '../../../monitoring/repairs/redis-flush-db.js';
import { redisInvalidate } from '../../../monitoring/repairs/redis-invalidate.js';
import { redisKillClients } from '../../../monitoring/repairs/redis-kill-clients.js';
import type { Repair, RepairTarget } from '../../../monitoring/repairs/repair.js';
import type { Io } from '../../../src/io/io.js';
import { packageRoot } from '../../../src/io/package-root.js';
import type { RedisCommand } from '../../../src/io/redis.js';
import { LIMITED, packageDir } from '../../doubles/limited-apps.js';
import { appOf, ioListing, listed } from '../../doubles/pm2-list.js';
import { noRedis } from '../../doubles/redis.js';
import { fillKeys, redisTarget, redisWorld } from '../../doubles/redis-target.js';

const signal = new AbortController().signal;

async function run<A>(repair: Repair<A>, target: RepairTarget, args: A, io: Io): Promise<unknown> {
  const prepared = await repair.prepare(target, args, io, signal);
  if ('refused' in prepared) return prepared.refused;
  const [step] = repair.steps(target, args, prepared);
  await step?.act(prepared.witness, {}, io, signal);
  return step?.state(prepared.witness, {}, io);
}

it.skipIf(noRedis)('the rights that the guide gives are enough for all but a flush, which asks for more', async () => {
  const guide = readFileSync(join(packageRoot(), 'docs', 'servers.md'), 'utf8');
  const acl = /^ACL SETUSER hypercare .*$/m.exec(guide)?.[0].split(' ') ?? [];
  const world = await redisWorld({}, {}, async (own) => {
    await own.say(...(acl as unknown as RedisCommand));
    await fillKeys(own, 'page:', 20);
    await own.say('EVAL', "redis.call('SET', 'm', 'owner') local dump = redis.call('DUMP', 'm') redis.call('DEL', 'm') redis.call('RESTORE', 'lock:1', 0, dump, 'IDLETIME', 9000)", 0);
    await own.say('CLIENT', 'SETNAME', 'shop');
  });
  onTestFinished(world.close);
  const { io } = world;
  const target = redisTarget(world.own.url.replace('//', '//hypercare:secret@'), { invalidate: ['page:'], locks: ['lock:'] });
  expect(await probe.measure({ url: target.url ?? '', timeoutMs: 2_000 }, io, signal)).toMatchObject({ verdict: 'good' });
  const kept = await collector.collect({ name: 'cache', url: target.url, processes: [], dir: null, repo: null, running: null, previous: null, readings: [] }, io, signal);
  expect(kept).toMatchObject({ info: { role: 'master' }, slow: expect.any(Array) }); // On a busy machine something may be slow.
  expect(await run(redisInvalidate, target, {}, io)).toBe('after');
  expect(await run(redisClearLocks, target, {}, io)).toBe('after');
  expect(await run(redisKillClients, target, { name: 'shop' }, io)).toBe('after');
  await world.own.say('SET', 'rest', '1');
  await expect(run(redisFlushDb, target, {}, io)).rejects.toMatchObject({ code: expect.stringMatching(/^redis\.(?:rights|reply)$/) });
  await world.own.say('ACL', 'SETUSER', 'hypercare', '+flushdb', '+dbsize', '~*');
  expect(await run(redisFlushDb, target, {}, io)).toBe('after');
});

it.skipIf(noRedis)('a right that is missing is named, with what gives it', async () => {
  const world = await redisWorld({}, {}, async (own) => {
    await own.say('ACL', 'SETUSER', 'plain', 'on', '>secret', '~*', '+ping', '+info', '+select', '+client');
    await fillKeys(own, 'page:', 2);
  });
  onTestFinished(world.close);
  const target = redisTarget(world.own.url.replace('//', '//plain:secret@'), { invalidate: ['page:'] });
  expect(await run(redisInvalidate, target, {}, world.io)).toBe('Redis: its user may not do SCAN. Give it the right with ACL SETUSER, as docs/servers.md says');
});

it.skipIf(noRedis)('for the limiters of apps the guide gives a few more, which are enough', async () => {
  const guide = readFileSync(join(packageRoot(), 'docs', 'servers.md'), 'utf8');
  const rights = [...guide.matchAll(/^ACL SETUSER hypercare .*$/gm)].map(([line]) => line.split(' '));
  expect(rights).toHaveLength(2);
  const dir = await packageDir(await mkdtemp(join(tmpdir(), 'hc-rights-')), [...LIMITED['express-rate-limit'].packages, ...LIMITED.bottleneck.packages]);
  await writeFile(join(dir, 'app.cjs'), LIMITED.bottleneck.code);
  const world = await redisWorld({}, {}, async (own) => {
    for (const words of rights) await own.say(...(words as unknown as RedisCommand));
    await own.say('SET', 'rl:203.0.113.7', 9);
    await own.say('HSET', 'b_mails_settings', 'id', 'mails', 'reservoir', 0, 'reservoirRefreshAmount', 5, 'running', 2, 'maxConcurrent', 2, 'unblockTime', 0, 'clientTimeout', 10_000);
    await own.say('HSET', 'b_mails_client_num_queued', 'gone', 4);
    await own.say('HSET', 'b_mails_job_weights', 'job', 2);
    await own.say('HSET', 'b_mails_job_clients', 'job', 'gone');
    await own.say('ZADD', 'b_mails_client_running', 2, 'gone');
    await own.say('ZADD', 'b_mails_client_last_seen', 1, 'gone');
  });
  onTestFinished(() => world.close().then(() => rm(dir, { recursive: true, force: true })));
  const io = { ...world.io, pm2: ioListing([listed({ execPath: join(dir, 'app.cjs'), cwd: dir })]).pm2 } as Io;
  const url = world.own.url.replace('//', '//hypercare:secret@');
  const target = appOf(['shop'], { uses: [{ id: 'redis-1' as RepairTarget['id'], kind: 'redis', name: 'cache', url }] });
  expect(await run(ratelimitClear, target, { identity: '203.0.113.7' }, io)).toBe('after');
  expect(await run(ratelimitClear, target, { identity: 'mails' }, io)).toBe('after');
  expect(await world.own.say('HMGET', 'b_mails_settings', 'reservoir', 'running')).toEqual(['5', '0']);
});
