import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrations } from '../../../../monitoring/release/preflight/migrations.js';
import { preflight } from '../../../../monitoring/release/preflight/index.js';
import { HypercareError } from '../../../../src/domain/errors.js';
import { lightOf } from '../../../../src/domain/preflight.js';
import type { Git } from '../../../../src/io/git.js';
import type { Postgres } from '../../../../src/io/postgres.js';
import { crossing, going, lookIo, side } from '../../../doubles/crossing.js';
import { gitSandbox, type Repo, type Sandbox } from '../../../doubles/git-repo.js';

let box: Sandbox;
beforeAll(() => { box = gitSandbox(); });
afterAll(() => box.remove());

function differing(paths: readonly string[] | HypercareError): Partial<Git> {
  return { changed: async () => { if (paths instanceof HypercareError) throw paths; return { paths, total: paths.length }; }, subject: async () => null, between: async () => ({ ahead: 1, behind: 0, shallow: false }) };
}

/** A database whose Knex table holds these names. */
function applied(...names: readonly string[]): Postgres {
  const table = { schema: 'public', name: 'knex_migrations', readable: true, columns: ['id', 'name', 'batch', 'migration_time'] };
  return { ask: async (_server: unknown, { values }: { readonly values?: readonly unknown[] }) => (values ? [table] : names.map((name) => ({ name, at: 1 }))) } as unknown as Postgres;
}

const DATABASE = { name: 'db', url: 'postgres://x', timeoutMs: 1_000 };
const add = "exports.up = (knex) => knex.schema.createTable('a', (t) => { t.text('b'); });";
const drop = "exports.up = (knex) => knex.schema.dropTable('a');";

describe('migrations that no database told of', () => {
  it.each([
    ['prisma/migrations/20261101_orders/migration.sql', 1],
    ['migrations/0001_init.ts', 1],
    ['db/migrate/001_orders.js', 1],
    ['drizzle/0000_calm_hulk.sql', 1],
    ['src/migrations/20261101-orders.cjs', 1],
    ['docs/migrations/README.md', 0],
    ['src/immigration/form.js', 0],
    ['migrate.js', 0],
  ])('%s counts as %i', async (path, count) => {
    const found = await migrations.look(crossing(), lookIo(differing([path, 'src/app.js'])), going);
    expect(found).toMatchObject({ migrations: count, light: count === 0 ? 'green' : 'red' });
  });

  it('are red, and it says what to do instead', async () => {
    expect(await migrations.look(crossing(), lookIo(differing(['migrations/1.sql'])), going)).toMatchObject({
      light: 'red', says: 'one migration file differs, and whether it is applied was not read in a database: migrations/1.sql. The code goes back, the database does not',
      instead: expect.stringContaining('mend it forward') as string,
    });
  });

  it('an unanswered question is not zero', async () => {
    const asked = crossing({ repo: '/srv/repo' });
    expect(await migrations.look(asked, lookIo(differing(new HypercareError('git.no_commit', 'invalid', 'gone'))), going)).toMatchObject({ light: 'red', migrations: null });
    expect(await migrations.look(crossing({ to: side({ commit: null }) }), lookIo(differing([])), going)).toMatchObject({ light: 'red', migrations: null });
  });
});

describe('migrations that a database tells of', () => {
  const shop = (after: Readonly<Record<string, string>>, knexfile = 'module.exports = { migrations: { disableMigrationsListValidation: true } };'): { readonly repo: Repo; readonly to: string; readonly from: string } => {
    const repo = box.repo(`shop-${Math.random()}`);
    return { repo, to: repo.commit({ 'package.json': '{"dependencies":{"knex":"3"}}', 'knexfile.js': knexfile, 'migrations/1.js': add }), from: repo.commit(after) };
  };
  const look = async ({ repo, to, from }: ReturnType<typeof shop>, ...names: readonly string[]) =>
    migrations.look(crossing({ repo: repo.dir, from: side({ commit: from }), to: side({ commit: to }), databases: [DATABASE] }), lookIo(undefined, { postgres: applied(...names) }), going);

  it('and that only add are amber: older code does not look at them', async () => {
    expect(await look(shop({ 'migrations/2.js': add }), '1.js', '2.js')).toEqual({
      light: 'amber', migrations: 1, says: '1 migration applied since is additive: 2.js (Knex); the database stays as it is, and the older code does not look at what was added',
    });
  });

  it('and that are in the code alone are none', async () => {
    expect(await look(shop({ 'migrations/2.js': drop }), '1.js')).toEqual({ light: 'green', migrations: 0, says: 'none applied since, by Knex (db, public.knex_migrations)' });
  });

  it('and that take something away are red', async () => {
    expect(await look(shop({ 'migrations/2.js': drop, 'migrations/3.js': add }), '1.js', '2.js', '3.js')).toMatchObject({
      light: 'red', migrations: 2, says: '1 migration applied since is destructive: 2.js (Knex: dropTable); 1 migration applied since is additive: 3.js (Knex). The code goes back, the database does not',
    });
  });

  it('and that keep older code from starting are red, however harmless', async () => {
    expect(await look(shop({ 'migrations/2.js': add }, 'module.exports = {};'), '1.js', '2.js')).toMatchObject({ light: 'red', says: expect.stringContaining('Knex calls the migration directory corrupt') as string });
  });

  it('do not speak for files of another tool', async () => {
    expect(await look(shop({ 'prisma/migrations/9_x/migration.sql': 'drop table a' }), '1.js')).toMatchObject({ light: 'red', migrations: 1, says: expect.stringContaining('one migration file differs') as string });
  });
});

describe('the pre-flight', () => {
  it('tells all it looked at, and that it could not look where something hangs or fails', async () => {
    const io = lookIo({ ...differing([]), subject: async () => { throw new Error('x'); } }, { exec: { run: async () => { throw new HypercareError('exec.missing', 'permanent', 'crontab could not be started'); } } });
    const { items, migrations: count } = await preflight(crossing({ base: '/nowhere' }), io, going);
    expect(items.map(({ about }) => about)).toEqual(['target', 'migrations', 'files', 'packages', 'environment', 'node', 'disk', 'downtime', 'others']);
    expect(items.find(({ about }) => about === 'disk')).toMatchObject({ light: 'amber', says: expect.stringContaining('could not be looked at: ENOENT') as string });
    expect([count, lightOf(items)]).toEqual([0, 'amber']);
  });
});
