import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { redis as collector } from '../../../monitoring/evidence/redis.js';
import { redis as probe } from '../../../monitoring/probes/redis.js';
import { redisClearLocks } from '../../../monitoring/repairs/redis-clear-locks.js';
import { redisFlushDb } from '../../../monitoring/repairs/redis-flush-db.js';
import { redisInvalidate } from '../../../monitoring/repairs/redis-invalidate.js';
import { redisKillClients } from '../../../monitoring/repairs/redis-kill-clients.js';
import type { Repair, RepairTarget } from '../../../monitoring/repairs/repair.js';
import type { Io } from '../../../src/io/io.js';
import { packageRoot } from '../../../src/io/package-root.js';
import type { RedisCommand } from '../../../src/io/redis.js';
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

it.skipIf(noRedis)('the rights that the README gives are enough for all but a flush, which asks for more', async () => {
  const readme = readFileSync(join(packageRoot(), 'README.md'), 'utf8');
  const acl = /^ACL SETUSER hypercare .*$/m.exec(readme)?.[0].split(' ') ?? [];
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
  expect(kept).toMatchObject({ info: { role: 'master' }, slow: [] });
  expect(await run(redisInvalidate, target, {}, io)).toBe('after');
  expect(await run(redisClearLocks, target, {}, io)).toBe('after');
  expect(await run(redisKillClients, target, { name: 'shop' }, io)).toBe('after');
  await world.own.say('SET', 'rest', '1');
  await expect(run(redisFlushDb, target, {}, io)).rejects.toMatchObject({ code: expect.stringMatching(/^redis\.(?:rights|reply)$/) });
  await world.own.say('ACL', 'SETUSER', 'hypercare', '+flushdb', '+dbsize', '~*');
  expect(await run(redisFlushDb, target, {}, io)).toBe('after');
});
