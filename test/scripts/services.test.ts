import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { missingService, type Service, startPostgres, startRedis } from '../../scripts/services.js';

const started: Service[] = [];

afterEach(async () => {
  delete process.env['HYPERCARE_TEST_WITHOUT'];
  await Promise.all(started.splice(0).map((service) => service.stop()));
});

describe('a service that is left out', () => {
  it('is named, and is not started', async () => {
    process.env['HYPERCARE_TEST_WITHOUT'] = 'redis, postgres';
    expect(missingService('postgres')).toContain('HYPERCARE_TEST_WITHOUT');
    await expect(startRedis()).rejects.toMatchObject({ code: 'service.missing' });
    await expect(startPostgres()).rejects.toMatchObject({ code: 'service.missing' });
  });
});

describe.skipIf(missingService('redis') !== null)("a test's own Redis", () => {
  it('answers on loopback, apart from a second one, and is gone after stop', async () => {
    const [one, two] = await Promise.all([startRedis(), startRedis()]);
    started.push(one, two);
    const client = new Redis(one.url);
    await client.set('who', 'one');
    expect(await client.get('who')).toBe('one');
    client.disconnect();
    const other = new Redis(two.url);
    expect(await other.get('who')).toBeNull();
    other.disconnect();
    await one.stop();
    expect(await listens(one.port)).toBe(false);
    expect(await listens(two.port)).toBe(true);
  });
});

describe.skipIf(missingService('postgres') !== null)("a test's own PostgreSQL", () => {
  it('answers on loopback, ends with clients still connected, and leaves no directory', async () => {
    const service = await startPostgres();
    started.push(service);
    const client = new pg.Client({ connectionString: service.url });
    client.on('error', () => undefined);
    await client.connect();
    const answer = await client.query<{ data_directory: string }>('show data_directory');
    const dir = String(answer.rows[0]?.data_directory);
    expect(existsSync(dir)).toBe(true);
    await service.stop();
    expect(await listens(service.port)).toBe(false);
    expect(existsSync(dir)).toBe(false);
    await service.stop();
  });
});

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
