import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pm2ResetPool } from '../../../monitoring/repairs/pm2-reset-pool.js';
import type { RepairTarget } from '../../../monitoring/repairs/repair.js';
import type { Io } from '../../../src/io/io.js';
import { packageRoot } from '../../../src/io/package-root.js';
import { createPostgres, type Postgres } from '../../../src/io/postgres.js';
import { systemClock } from '../../../src/io/clock.js';
import { repairContract, type RepairWorld } from '../../contracts/repair.js';
import { noPostgres, startPgTown, type PgTown } from '../../doubles/pg-town.js';
import { startPm2Home, until, type Pm2Home } from '../../doubles/pm2-home.js';
import { appOf } from '../../doubles/pm2-list.js';
import { instancesOf, ioOf } from '../../doubles/pm2-repair.js';

/** Each of its processes takes POOL clients as soon as they can be had, and does nothing with them; a fork of it does, where FORKS says so. */
const HOARDER = `
const { fork } = require('node:child_process');
if (process.env.FORKS && process.argv[2] !== 'worker') fork(__filename, ['worker']);
else {
  const pg = require(process.env.PACKAGES + '/node_modules/pg');
  const take = () => {
    const client = new pg.Client({ connectionString: process.env.DB, application_name: process.env.APP_NAME });
    client.on('error', () => undefined);
    client.connect().then(() => process.env.BEGIN && client.query('begin'), () => setTimeout(take, 200));
  };
  for (let n = 0; n < Number(process.env.POOL); n += 1) take();
  require('node:http').createServer((request, response) => response.end('ok')).listen(Number(process.env.PORT), '127.0.0.1');
}
`;

type World = RepairWorld<{ readonly process?: string }>;

describe.skipIf(noPostgres)('pm2.reset-pool', () => {
  let town: PgTown;
  let home: Pm2Home;
  let client: Postgres;
  let io: Io;
  beforeAll(async () => {
    town = await startPgTown({ max_connections: '20' });
    home = await startPm2Home();
    client = createPostgres({ clock: systemClock });
    io = { ...ioOf(home.home), postgres: client };
    await hoard('hoarder', { cluster: 2, pool: 6 });
    for (let n = 0; n < 4; n += 1) await town.session('shop-batch');
  }, 120_000);
  afterAll(async () => {
    await client?.close();
    await io?.pm2.close();
    await home?.stop();
    await town?.stop();
  });

  function hoard(name: string, { cluster, pool, env = {} }: { readonly cluster?: number; readonly pool: number; readonly env?: Readonly<Record<string, string>> }): Promise<unknown> {
    return home.startApp({ name, code: HOARDER, awaitAnswer: true, ...(cluster === undefined ? {} : { cluster }), env: { DB: town.shopUrl, PACKAGES: packageRoot(), POOL: String(pool), APP_NAME: 'shop-web', ...env } });
  }

  function targetOf(name: string, uses: readonly string[] = [town.url]): RepairTarget {
    return appOf([name], { name, uses: uses.map((url) => ({ id: 'pg-1' as RepairTarget['id'], kind: 'postgres', name: 'db', url })) });
  }

  const prepare = (target: RepairTarget) => pm2ResetPool.prepare(target, {}, io, AbortSignal.timeout(8_000));

  async function prepared(target: RepairTarget) {
    const made = await prepare(target);
    return 'refused' in made ? made.refused : made.notes;
  }

  const isCrowded = async (name: string) => typeof (await prepared(targetOf(name))) !== 'string';

  /** One app for all: what its new workers take is idle again after a while. */
  async function open(): Promise<World> {
    await until('most connections to be idle in its pool', () => isCrowded('hoarder'), 40_000);
    const seen = async () => (await instancesOf(io, 'hoarder')).map(({ pmId, pid, startedAt, status, restarts }) => ({ pmId, pid, startedAt, status, restarts }));
    return {
      target: targetOf('hoarder'), args: {}, io,
      other() {
        const other = ioOf(home.home, { timeoutMs: 700, actTimeoutMs: 1_500 });
        return { io: { ...other, postgres: client }, cut: () => other.pm2.close() };
      },
      look: seen, essence: seen,
      freeze: () => home.freeze(), thaw: () => home.thaw(),
      close: () => home.thaw(),
    };
  }

  repairContract({
    repair: pm2ResetPool,
    open,
    refused: {
      'an app that uses no PostgreSQL': async () => ({ target: targetOf('hoarder', []) }),
      'an app that holds none of them': async () => ({ target: targetOf('nobody') }),
      'hypercare itself': async () => ({ target: targetOf('hypercare-monitor') }),
      'what cannot be seen': async () => ({ target: targetOf('hoarder', [town.plainUrl]) }),
    },
  });

  it('says how many of how many it gives back', { timeout: 60_000 }, async () => {
    const { target } = await open();
    expect(await prepared(target)).toEqual(['12 of the 17 connections of db stand idle in its pool', 'hoarder: 2 instances in cluster mode, online; one after the other, and the others answer meanwhile']);
  });

  it('refuses while connections are left', { timeout: 60_000 }, async () => {
    await open();
    await town.sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'shop-batch'");
    await until('some to be left', async () => /^db has 4 of 17 connections left$/.test(String(await prepared(targetOf('hoarder')))));
    for (let n = 0; n < 4; n += 1) await town.session('shop-batch');
  });

  it('counts what the children of its processes hold, and says what of it is in a transaction', { timeout: 90_000 }, async () => {
    await home.pm2('delete', 'hoarder');
    await hoard('forking', { pool: 12, env: { FORKS: 'yes', BEGIN: 'yes' } });
    await until('most connections to be idle in its pool', () => isCrowded('forking'), 40_000);
    expect(await prepared(targetOf('forking'))).toEqual([
      '12 of the 17 connections of db stand idle in its pool', '12 of these stand idle in a transaction: what they have not committed is undone',
      'forking: one instance in fork mode, online; nothing answers until it has started',
    ]);
    // By its name alone it would be the other's, too.
    await hoard('namesake', { pool: 0, env: { APP_NAME: 'shop-web' } });
    expect(await prepared(targetOf('namesake'))).toBe('namesake has not more than half of the 17 connections of db idle, as far as can be told');
    await home.pm2('delete', 'forking');
  });

  it('goes by the name where a session comes through a socket file', { timeout: 90_000 }, async () => {
    const [dir] = await town.sql<{ at: string }>("select split_part(current_setting('unix_socket_directories'), ',', 1) as at");
    const { port, username, password, pathname } = new URL(town.shopUrl);
    await hoard('near', { pool: 12, env: { DB: `postgres://${username}:${password}@localhost:${port}${pathname}?host=${dir?.at}`, APP_NAME: 'near' } });
    await until('most connections to be idle in its pool', () => isCrowded('near'), 40_000);
    expect(await prepared(targetOf('near'))).toContain('12 of the 17 connections of db stand idle in its pool');
  });
});
