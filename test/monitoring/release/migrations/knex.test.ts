import { join } from 'node:path';
import Knex from 'knex';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { knex as tool } from '../../../../monitoring/release/migrations/knex.js';
import { applied, layCommit, lookBetween, newDatabase, sqlOn } from '../../../doubles/migrated-app.js';
import { gitSandbox, type Repo, type Sandbox } from '../../../doubles/git-repo.js';
import { missingService, startPostgres, type Service } from '../../../doubles/postgres.js';

const none = missingService('postgres');

describe.skipIf(none !== null)(`migrations of a real Knex${none ? ` (skipped: ${none})` : ''}`, () => {
  let server: Service;
  let box: Sandbox;
  let repo: Repo;
  let count = 0;
  let url: string;
  beforeAll(async () => {
    server = await startPostgres();
    box = gitSandbox();
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    box?.remove();
  });
  beforeEach(async () => {
    count += 1;
    repo = box.repo(`app-${count}`);
    url = await newDatabase(server.url, `knex_${count}`);
  });

  const file = (body: string): string => `exports.up = async (knex) => { ${body} };\nexports.down = async () => {};\n`;
  const first = { 'package.json': '{"dependencies":{"knex":"3"}}', 'db/changes/001_orders.js': file("await knex.schema.createTable('orders', (t) => { t.increments('id'); });") };

  /** Migrates as the app itself would at its start. */
  async function start(commit: string, options: object = {}): Promise<void> {
    const dir = layCommit(repo, commit, join(box.dir, `run-${count}-${commit.slice(0, 7)}-${Object.keys(options).length}`));
    const knex = Knex({ client: 'pg', connection: url });
    try {
      await knex.migrate.latest({ directory: join(dir, 'db/changes'), ...options });
    } finally {
      await knex.destroy();
    }
  }

  it('that were applied since are read from its table and judged by their files, in whatever directory; the older code would not start', async () => {
    const to = repo.commit(first);
    await start(to);
    const from = repo.commit({ 'db/changes/002_note.js': file("await knex.schema.alterTable('orders', (t) => { t.text('note'); });"), 'db/changes/003_gone.js': file("await knex.schema.alterTable('orders', (t) => { t.dropColumn('note'); });") });
    await start(from);
    expect(await lookBetween(repo, { from, to }, url)).toEqual({
      since: [
        { tool: tool.name, label: '002_note.js', effect: 'additive', why: null },
        { tool: tool.name, label: '003_gone.js', effect: 'destructive', why: 'dropColumn' },
      ],
      refusals: ['Knex calls the migration directory corrupt where an applied file is missing: the older code does not start if it migrates at its start'],
      unread: [], dirs: ['db/changes'], read: ['Knex (db, public.knex_migrations)'],
    });
    expect(await applied(url), 'what the ledger keeps').toMatchObject({ tables: [{ database: 'db', tool: 'Knex', table: 'public.knex_migrations', names: ['001_orders.js', '002_note.js', '003_gone.js'] }], unread: [] });
    await expect(start(to, { loadExtensions: ['.js'] }), 'as Knex itself says').rejects.toThrow('migration directory is corrupt');
  });

  it('that lie in the code and were not applied are none', async () => {
    const to = repo.commit(first);
    await start(to);
    const from = repo.commit({ 'db/changes/002_gone.js': file("await knex.schema.dropTable('orders');") });
    expect(await lookBetween(repo, { from, to }, url)).toMatchObject({ since: [], refusals: [], unread: [], dirs: ['db/changes'] });
  });

  it('do not keep older code from starting where its own configuration says so', async () => {
    const to = repo.commit({ ...first, 'knexfile.js': 'module.exports = { migrations: { disableMigrationsListValidation: true } };' });
    await start(to);
    const from = repo.commit({ 'db/changes/002_note.js': file("await knex.schema.alterTable('orders', (t) => { t.text('note'); });") });
    await start(from);
    expect(await lookBetween(repo, { from, to }, url)).toMatchObject({ since: [{ effect: 'additive' }], refusals: [] });
    await start(to, { disableMigrationsListValidation: true });
  });

  it('of another app in the same database are not this app’s', async () => {
    const other = repo.commit(first);
    await start(other);
    const to = repo.commit({ 'db/changes/001_orders.js': null, 'package.json': '{}', 'app.js': '1' });
    const from = repo.commit({ 'app.js': '2' });
    expect(await lookBetween(repo, { from, to }, url)).toMatchObject({ since: [], refusals: [], unread: [], read: [] });
  });

  it('whose files are nowhere, though the app uses Knex, are not known', async () => {
    await start(repo.commit(first));
    const to = repo.commit({ 'db/changes/001_orders.js': null });
    expect(await lookBetween(repo, { from: to, to }, url)).toMatchObject({ since: [], unread: ['Knex (db, public.knex_migrations): none of its 1 migrations is among the app’s files'] });
  });

  it('whose file was taken out hurt nothing where they were applied before the older release ran', async () => {
    await start(repo.commit({ ...first, 'db/changes/000_old.js': file("await knex.schema.createTable('old', (t) => { t.increments(); });") }));
    const to = repo.commit({ 'db/changes/000_old.js': null });
    const from = repo.commit({ 'app.js': '2' });
    expect((await lookBetween(repo, { from, to }, url, Date.now() + 60_000)).since).toEqual([]);
    expect((await lookBetween(repo, { from, to }, url, 1_000)).since).toMatchObject([{ label: '000_old.js', effect: 'unknown' }]);
  });

  it('that hypercare may not read are not known, and it says what to grant', async () => {
    const to = repo.commit(first);
    await start(to);
    await sqlOn(url, 'create role reader login');
    const { unread } = await lookBetween(repo, { from: to, to }, url.replace('postgres@', 'reader@'));
    expect(unread).toEqual(['Knex (db, public.knex_migrations): hypercare may not read it: GRANT USAGE ON SCHEMA "public" TO hypercare; GRANT SELECT ON "public"."knex_migrations" TO hypercare']);
  });

  it('of a database that cannot be reached are not known', async () => {
    const to = repo.commit(first);
    const { unread } = await lookBetween(repo, { from: to, to }, 'postgres://x:hunter2@127.0.0.1:1/none');
    expect(unread).toEqual(['db: PostgreSQL refuses connections: nothing listens there']);
  });
});
