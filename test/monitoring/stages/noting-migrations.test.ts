import { beforeEach, describe, expect, it } from 'vitest';
import { notingMigrations } from '../../../monitoring/stages/noting-migrations.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { AppliedMigrations } from '../../../src/domain/applied-migrations.js';
import type { Resource } from '../../../src/domain/resource.js';
import { endLaunch, newestLaunchOf, openLaunch } from '../../../src/store/launches.js';
import { enterRelease, ledgerOf } from '../../../src/store/releases.js';
import { listResources } from '../../../src/store/resources.js';
import { givenEach, givenOnce } from '../../doubles/given.js';
import { startPm2Home } from '../../doubles/pm2-home.js';
import { virtualTime } from '../../doubles/virtual-time.js';
import { startWatched } from '../../doubles/watched.js';

const NOW = Date.UTC(2026, 10, 22, 10, 0, 0);
const MINUTE = 60_000;

const pm2 = givenOnce(() => startPm2Home(), (home) => home.stop());
const yaml = (dataDir: string): string => `data_dir: ${JSON.stringify(dataDir)}\npm2_home: ${JSON.stringify(pm2.home)}\napps: { shop: { liveness: false, uses: [db] }, blog: { liveness: false } }\npostgres: { db: "postgres://hypercare@127.0.0.1:1/shop" }\n`;
const watched = givenEach(() => startWatched(yaml, { time: virtualTime(NOW) }), (one) => one.stop());

/** What the databases say, and how often they were asked. */
let applied: Omit<AppliedMigrations, 'at'>;
let asked: number;
let stage: ReturnType<typeof notingMigrations>;
beforeEach(() => {
  applied = { tables: [{ database: 'db', tool: 'Knex', table: 'public.knex_migrations', names: ['001.js'] }], unread: [] };
  asked = 0;
});

/** As the loop comes round so much later. */
async function comesRound(laterMs: number): Promise<void> {
  const ctx: StageContext = { ...watched.monitor.ctx, clock: { ...watched.monitor.ctx.clock, now: () => NOW + laterMs } };
  stage = notingMigrations(async (databases) => {
    asked += 1;
    expect(databases).toMatchObject([{ name: 'db' }]);
    return { at: NOW + laterMs, ...applied };
  });
  await stage.run(ctx);
  await ctx.effects.idle();
}

const shop = async (): Promise<Resource> => (await listResources(watched.store.db, watched.monitor.ctx.hostId)).find(({ name }) => name === 'shop') as Resource;

async function goesLive(commit: string, at: number): Promise<void> {
  const app = await shop();
  await watched.store.write(async (tx) => {
    const release = await enterRelease(tx, app.id, { commit: commit.repeat(40), dir: '/srv/shop', lockHash: null, configHash: null, nodeVersion: null }, NOW + at);
    const open = await newestLaunchOf(tx, app.id);
    if (open?.endedAt === null) await endLaunch(tx, open.id, 'superseded', NOW + at);
    await openLaunch(tx, { appId: app.id, releaseId: release.id, endsAt: NOW + 72 * 60 * MINUTE, autoRollback: true, why: 'seen' }, NOW + at);
  });
}

const noted = async () => (await ledgerOf(watched.store.db, (await shop()).id)).map(({ commit, migrations }) => [commit?.[0], migrations?.tables.flatMap(({ names }) => names) ?? null]);

describe('the migrations of a release', () => {
  it('are noted once it has settled, once, and not of an app without a database', async () => {
    await goesLive('a', 0);
    await comesRound(1_000);
    expect([asked, await noted()]).toEqual([0, [['a', null]]]);
    await comesRound(MINUTE);
    await comesRound(2 * MINUTE);
    expect([asked, await noted()]).toEqual([1, [['a', ['001.js']]]]);
  });

  it('belong to the release that ran when they were read', async () => {
    await goesLive('a', 0);
    await comesRound(MINUTE);
    await goesLive('b', 10 * MINUTE);
    applied = { ...applied, tables: [{ database: 'db', tool: 'Knex', table: 'public.knex_migrations', names: ['001.js', '002.js'] }] };
    await comesRound(11 * MINUTE);
    expect(await noted()).toEqual([['b', ['001.js', '002.js']], ['a', ['001.js']]]);
  });

  it('are read again when its watch is over', async () => {
    await goesLive('a', 0);
    await comesRound(MINUTE);
    const launch = await newestLaunchOf(watched.store.db, (await shop()).id);
    await watched.store.write(async (tx) => launch && endLaunch(tx, launch.id, 'stable', NOW + 60 * MINUTE));
    applied = { ...applied, tables: [] };
    await comesRound(61 * MINUTE);
    await comesRound(62 * MINUTE);
    expect([asked, await noted()]).toEqual([2, [['a', []]]]);
  });

  it('that could not be read are asked for again, and not every minute', async () => {
    await goesLive('a', 0);
    applied = { tables: [], unread: ['db: connect refused'] };
    await comesRound(MINUTE);
    await comesRound(2 * MINUTE);
    expect(asked).toBe(1);
    await comesRound(12 * MINUTE);
    expect(asked).toBe(2);
  });
});
