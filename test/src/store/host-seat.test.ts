import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeHostSeat } from '../../../src/store/host-seat.js';
import { missingService, startPostgres, type Service } from '../../doubles/postgres.js';
import { until } from '../../doubles/pm2-home.js';

const missing = missingService('postgres');

describe.skipIf(missing !== null)('the seat of a host’s name in a shared store', () => {
  let postgres: Service;
  beforeAll(async () => void (postgres = await startPostgres()));
  afterAll(() => postgres?.stop());

  const free = (host: string): Promise<boolean> => takeHostSeat(postgres.url, host).then((seat) => (seat?.release(), seat !== null));

  it('is held by one monitor of that name, and other names are free', async () => {
    const seat = await takeHostSeat(postgres.url, 'web-1');
    expect([await free('web-1'), await free('web-2')]).toEqual([false, true]);
    seat?.release();
    await until('the seat to be free', () => free('web-1'));
  });

  it('is lost, and free for another, when its connection breaks; whoever held it is told', async () => {
    const seat = await takeHostSeat(postgres.url, 'web-3');
    const admin = new pg.Client({ connectionString: postgres.url });
    await admin.connect();
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hypercare-seat'");
    await admin.end();
    await seat?.lost;
    await until('the seat to be free', () => free('web-3'));
  });

  it('cannot be taken where the store cannot be reached', async () => {
    const url = Object.assign(new URL(postgres.url), { port: '1' }).href;
    await expect(takeHostSeat(url, 'web-1')).rejects.toThrow();
  });
});
