import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/free-port.js';
import { redisAddress, redisDb } from '../../../src/io/redis-address.js';
import { createRedis, type Redis } from '../../../src/io/redis.js';
import { until } from '../../doubles/pm2-home.js';
import { noRedis } from '../../doubles/redis.js';

it.each([
  ['redis://ann:p%40ss@10.0.0.5:6380/2', { host: '10.0.0.5', port: 6_380, username: 'ann', password: 'p@ss' }, '2'],
  ['rediss://cache', { host: 'cache', port: 6_379, tls: {} }, '0'],
  ['redis://[::1]', { host: '::1', port: 6_379 }, '0'],
  ['unix:///run/redis%20two/redis.sock?db=3', { path: '/run/redis two/redis.sock' }, '3'],
  ['unix://:pw@localhost/run/redis.sock', { path: '/run/redis.sock', password: 'pw' }, '0'],
])('%s is taken apart', (url, address, db) => {
  expect([redisAddress(url), redisDb(url)]).toEqual([address, db]);
});

describe.skipIf(noRedis)('a Redis of another make', () => {
  /** A server of the test's own, in a directory of its own. */
  async function started(args: (dir: string, port: number) => readonly string[]): Promise<{ readonly redis: Redis; readonly dir: string; readonly port: number }> {
    const [dir, port] = [await mkdtemp(join(tmpdir(), 'hc-redis-')), await freePort()];
    await writeFile(join(dir, 'sentinel.conf'), ''); // A Sentinel writes into it what it learns.
    const child = spawn('redis-server', [...args(dir, port)], { stdio: 'ignore' });
    const redis = createRedis();
    onTestFinished(async () => {
      await redis.close();
      child.kill('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    });
    return { redis, dir, port };
  }

  const codeOf = (redis: Redis, url: string) => redis.call(url, ['PING']).catch((error: unknown) => (error as { code: string }).code);

  it('is spoken to through its socket, in the database that is meant', async () => {
    const { redis, dir } = await started((at) => ['--port', '0', '--unixsocket', join(at, 'redis.sock'), '--save', '', '--dir', at]);
    const url = `unix://${join(dir, 'redis.sock')}`;
    await until('it to answer', async () => (await codeOf(redis, url)) === 'PONG');
    await redis.call(`${url}?db=2`, ['SET', 'here', '1']);
    expect(await Promise.all([redis.call(`${url}?db=2`, ['EXISTS', 'here']), redis.call(url, ['EXISTS', 'here'])])).toEqual([1, 0]);
    expect(await codeOf(redis, `unix://${join(dir, 'nothing.sock')}`)).toBe('redis.down');
  });

  it.each([
    ['of a Cluster', ['--cluster-enabled', 'yes'], 'it is part of a Redis Cluster, of which one part alone would be seen: leave it out of “redis” in hypercare.yaml'],
    ['that is a Sentinel', ['--sentinel'], 'it is a Sentinel, and holds no keys: give the address of the primary that it watches'],
  ])('%s is refused in clear words', async (_what, mode, message) => {
    const { redis, port } = await started((dir, at) => [...(mode[0] === '--sentinel' ? [join(dir, 'sentinel.conf')] : []), '--port', String(at), '--bind', '127.0.0.1', '--dir', dir, ...mode]);
    const url = `redis://127.0.0.1:${port}`;
    await until('it to answer', async () => (await codeOf(redis, url)) !== 'redis.down');
    await expect(redis.call(url, ['SET', 'a', 'b'])).rejects.toMatchObject({ code: 'redis.mode', errorClass: 'permanent', message: `Redis: ${message}` });
  });
});
