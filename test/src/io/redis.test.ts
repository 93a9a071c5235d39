import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/free-port.js';
import { createRedis, OUR_NAME, type Redis, type RedisCommand } from '../../../src/io/redis.js';
import { noRedis, ownRedis, type OwnRedis } from '../../doubles/redis.js';
import { until } from '../../doubles/pm2-home.js';

let redis: Redis;

beforeEach(() => {
  redis = createRedis();
});

afterEach(() => redis.close());

describe('a server that is not there', () => {
  it('is told at once, and nothing of its address is', async () => {
    const url = `redis://ann:hunter2@127.0.0.1:${await freePort()}/3`;
    const thrown: unknown = await redis.call(url, ['PING']).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'redis.down', errorClass: 'transient' });
    expect(JSON.stringify([String(thrown), { ...(thrown as object) }])).not.toMatch(/hunter2|ann|127\.0\.0\.1/);
  });

  it('is not to blame where its name cannot be resolved', async () => {
    await expect(redis.call('redis://nobody.invalid', ['PING'])).rejects.toMatchObject({ code: 'redis.name' });
  });

  it('is no Redis where something else answers, or closes at once', async () => {
    const other = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((ready) => other.once('listening', ready));
    const { port } = other.address() as { port: number };
    await expect(redis.call(`redis://127.0.0.1:${port}`, ['PING'])).rejects.toMatchObject({ code: expect.stringMatching(/^redis\.(answer|clients|down)$/) });
  });
});

describe.skipIf(noRedis)('a Redis', () => {
  let own: OwnRedis;

  beforeAll(async () => {
    own = await ownRedis();
  });

  afterAll(() => own.stop());

  it('answers over one connection, by whose name its operators know us', async () => {
    expect(await Promise.all([redis.call(own.url, ['PING']), redis.call(own.url, ['SET', 'a', 'b']), redis.call(own.url, ['GET', 'a'])])).toEqual(['PONG', 'OK', 'b']);
    const clients = String(await redis.call(own.url, ['CLIENT', 'LIST'])).trim().split('\n');
    expect(clients.filter((line) => line.includes(`name=${OUR_NAME} `)).length).toBe(1);
  });

  it('is not asked in another database than the one that was meant', async () => {
    await expect(redis.call(`${own.url}/99`, ['FLUSHDB'])).rejects.toMatchObject({ code: 'redis.reply' });
    expect(await redis.call(`${own.url}/1`, ['SET', 'here', '1'])).toBe('OK');
    expect(await redis.call(own.url, ['EXISTS', 'here'])).toBe(0);
  });

  it('tells nothing of keys in what it refuses', async () => {
    await redis.call(own.url, ['SET', 'customer:4711', 'secret']);
    const thrown: unknown = await redis.call(own.url, ['INCR', 'customer:4711']).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'redis.reply', message: 'Redis: it answered ERR' });
    expect(String(await redis.call(own.url, ['LPUSH', 'customer:4711', 'x']).catch(String))).not.toContain('4711');
  });

  it('is given up on at the deadline when it hangs, connected or not, and answers again after it', async () => {
    await redis.call(own.url, ['PING']);
    own.freeze();
    const began = performance.now();
    await expect(redis.call(own.url, ['PING'], { timeoutMs: 200 })).rejects.toMatchObject({ code: 'redis.hung' });
    await expect(redis.call(own.url, ['PING'], { timeoutMs: 200 })).rejects.toMatchObject({ code: 'redis.hung' });
    expect(performance.now() - began).toBeLessThan(2_000);
    own.thaw();
    expect(await redis.call(own.url, ['PING'])).toBe('PONG');
  });

  it('leaves who has more patience its connection, where another call ran out of its own', async () => {
    await redis.call(own.url, ['PING']);
    own.freeze();
    const patient = redis.call(own.url, ['PING'], { timeoutMs: 20_000 });
    await expect(redis.call(own.url, ['PING'], { timeoutMs: 50 })).rejects.toMatchObject({ code: 'redis.hung' });
    own.thaw();
    expect(await patient).toBe('PONG');
    expect(await redis.call(own.url, ['PING'])).toBe('PONG');
    await until('the one that was late to be gone', async () => String(await own.say('CLIENT', 'LIST')).split(`name=${OUR_NAME} `).length === 3); // Ours and the operator's.
  });

  it('lets go of a call that is called off', async () => {
    own.freeze();
    const thrown = redis.call(own.url, ['PING'], { timeoutMs: 20_000, signal: AbortSignal.timeout(50) });
    await expect(thrown).rejects.toMatchObject({ name: 'TimeoutError' });
    own.thaw();
  });

  it('is not spoken to under a certificate that nobody vouches for', async ({ skip }) => {
    const dir = await mkdtemp(join(tmpdir(), 'hypercare-tls-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1', '-keyout', join(dir, 'key'), '-out', join(dir, 'cert')], { stdio: 'ignore' });
    const port = await freePort();
    const speaksTls = await own.say('CONFIG', 'SET', 'tls-cert-file', join(dir, 'cert'), 'tls-key-file', join(dir, 'key'), 'tls-auth-clients', 'no', 'tls-port', port).catch(() => null);
    if (speaksTls === null) return skip('this Redis was built without TLS');
    await expect(redis.call(`rediss://127.0.0.1:${port}`, ['PING'])).rejects.toMatchObject({ code: 'redis.tls' });
  });

  it('is connected to again when it closed the connection', async () => {
    await redis.call(own.url, ['PING']);
    await own.say('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await until('it to answer again', async () => (await redis.call(own.url, ['PING']).catch(() => null)) === 'PONG');
  });

  it.each<[string, string, RedisCommand, RedisCommand]>([
    ['wrong password', 'redis.auth', ['CONFIG', 'SET', 'requirepass', 'pw'], ['CONFIG', 'SET', 'requirepass', '']],
    ['no room for another client', 'redis.clients', ['CONFIG', 'SET', 'maxclients', '1'], ['CONFIG', 'SET', 'maxclients', '100']],
  ])('says by its code: %s', async (_, code, arrange, restore) => {
    await own.say(...arrange);
    await expect(redis.call(own.url, ['PING'])).rejects.toMatchObject({ code });
    await own.say(...restore);
    expect(await redis.call(own.url, ['PING'])).toBe('PONG');
  });

  it.each<[string, RedisCommand, RedisCommand]>([
    ['full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0']],
    ['read-only', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']],
  ])('says by its code that it is %s', async (fault, arrange, restore) => {
    await own.say(...arrange);
    await expect(redis.call(own.url, ['SET', 'x', '1'])).rejects.toMatchObject({ code: `redis.${fault}` });
    await own.say(...restore);
  });
});
