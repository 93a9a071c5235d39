import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drizzle } from '../../../../monitoring/release/migrations/drizzle.js';
import { migrationTools } from '../../../../monitoring/release/migrations/index.js';
import { prisma } from '../../../../monitoring/release/migrations/prisma.js';
import { sequelize } from '../../../../monitoring/release/migrations/sequelize.js';
import type { MigrationTool } from '../../../../monitoring/release/migrations/tool.js';
import { typeorm } from '../../../../monitoring/release/migrations/typeorm.js';
import { applied, lookBetween, newDatabase, sqlOn } from '../../../doubles/migrated-app.js';
import { gitSandbox, type Sandbox } from '../../../doubles/git-repo.js';
import { missingService, startPostgres, type Service } from '../../../doubles/postgres.js';

const none = missingService('postgres');

interface Fixture {
  readonly tool: MigrationTool;
  /** The tool's table as it makes it, and its rows for the first and the second migration. */
  readonly table: string;
  readonly rows: string;
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
  readonly label: string;
}

const journal = (...entries: readonly (readonly [number, string])[]): string => JSON.stringify({ version: '7', dialect: 'postgresql', entries: entries.map(([when, tag], idx) => ({ idx, version: '7', when, tag, breakpoints: true })) });
const typeormFile = (name: string, sql: string): string => `module.exports = class ${name} { async up(queryRunner) { await queryRunner.query(\`${sql}\`); } async down(queryRunner) { await queryRunner.query('DROP TABLE gone'); } }`;

const FIXTURES: readonly Fixture[] = [
  {
    tool: prisma, label: '20261102090000_note',
    table: 'create table _prisma_migrations (id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null, logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)',
    rows: `insert into _prisma_migrations values ('1', 'a', now(), '20261101090000_orders', null, null, now(), 1), ('2', 'b', now(), '20261102090000_note', null, null, now(), 1), ('3', 'c', null, '20261103090000_broken', 'failed', now(), now(), 0)`,
    before: { 'prisma/migrations/20261101090000_orders/migration.sql': 'CREATE TABLE "orders" ("id" TEXT NOT NULL);', 'prisma/migrations/migration_lock.toml': 'provider = "postgresql"' },
    after: { 'prisma/migrations/20261102090000_note/migration.sql': '-- AlterTable\nALTER TABLE "orders" ADD COLUMN "note" TEXT;' },
  },
  {
    tool: typeorm, label: '1700000000002-Note.ts',
    table: 'create table migrations (id serial primary key, "timestamp" bigint not null, name varchar not null)',
    rows: `insert into migrations ("timestamp", name) values (1700000000001, 'Orders1700000000001'), (1700000000002, 'Note1700000000002')`,
    before: { 'src/migrations/1700000000001-Orders.ts': typeormFile('Orders1700000000001', 'CREATE TABLE "orders" ("id" integer)') },
    after: { 'src/migrations/1700000000002-Note.ts': typeormFile('Note1700000000002', 'ALTER TABLE "orders" ADD "note" text') },
  },
  {
    tool: sequelize, label: '20261102-note.js',
    table: 'create table "SequelizeMeta" (name varchar(255) primary key)',
    rows: `insert into "SequelizeMeta" values ('20261101-orders.js'), ('20261102-note.js')`,
    before: { 'migrations/20261101-orders.js': "module.exports = { async up(queryInterface, Sequelize) { await queryInterface.createTable('orders', { id: { type: Sequelize.INTEGER } }); }, async down() {} };" },
    after: { 'migrations/20261102-note.js': "module.exports = { async up(queryInterface, Sequelize) { await queryInterface.addColumn('orders', 'note', Sequelize.TEXT); }, async down() {} };" },
  },
  {
    tool: drizzle, label: '0001_fat_cat.sql',
    table: 'create schema drizzle; create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)',
    rows: `insert into drizzle.__drizzle_migrations (hash, created_at) values ('a', 1761987600000), ('b', 1762074000000)`,
    before: { 'drizzle/0000_calm_hulk.sql': 'CREATE TABLE "orders" ("id" serial PRIMARY KEY NOT NULL);', 'drizzle/meta/_journal.json': journal([1_761_987_600_000, '0000_calm_hulk']) },
    after: { 'drizzle/0001_fat_cat.sql': 'ALTER TABLE "orders" ADD COLUMN "note" text;', 'drizzle/meta/_journal.json': journal([1_761_987_600_000, '0000_calm_hulk'], [1_762_074_000_000, '0001_fat_cat']) },
  },
];

describe('every tool that is known', () => {
  it('is tried, here or against the tool itself', () => {
    expect(migrationTools.map(({ name }) => name).sort()).toEqual([...FIXTURES.map(({ tool }) => tool.name), 'Knex', 'node-pg-migrate'].sort());
  });
});

describe.skipIf(none !== null)(`migrations by the tables and files of${none ? ` (skipped: ${none})` : ''}`, () => {
  let server: Service;
  let box: Sandbox;
  beforeAll(async () => {
    server = await startPostgres();
    box = gitSandbox();
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    box?.remove();
  });

  it.each(FIXTURES)('$tool.name: what older code lacks is found and judged, and keeps nothing from starting', async ({ tool: { name: tool }, table, rows, before, after, label }) => {
    const url = await newDatabase(server.url, `of_${tool.toLowerCase()}`);
    const repo = box.repo(tool);
    const to = repo.commit(before);
    const from = repo.commit(after);
    await sqlOn(url, `${table}; ${rows}`);
    const found = await lookBetween(repo, { from, to }, url);
    expect(found).toMatchObject({ since: [{ tool, label, effect: 'additive', why: null }], refusals: [], unread: [] });
    expect(await lookBetween(repo, { from, to: from }, url)).toMatchObject({ since: [], unread: [] });
    const damaged = repo.commit(Object.fromEntries(Object.entries(after).map(([path, text]) => [path, text.replace(/ALTER TABLE .*?(?=`|;|$)/, 'DROP TABLE orders').replace(/addColumn\(.*?\)/, "dropTable('orders')")])));
    expect((await lookBetween(repo, { from: damaged, to }, url)).since).toMatchObject([{ effect: 'destructive' }]);
  });

  it('Sequelize, which writes no times down: what the ledger saw applied while the release ran is not since, though its file was taken out', async () => {
    const url = await newDatabase(server.url, 'of_squashed');
    const repo = box.repo('squashed');
    const file = "module.exports = { async up() {}, async down() {} };";
    const to = repo.commit({ 'package.json': '{"dependencies":{"sequelize":"6"}}', 'migrations/20261102-note.js': file });
    await sqlOn(url, `create table "SequelizeMeta" (name varchar(255) primary key); insert into "SequelizeMeta" values ('20261101-orders.js'), ('20261102-note.js')`);
    const had = await applied(url);
    expect((await lookBetween(repo, { from: to, to }, url)).since).toMatchObject([{ label: '20261101-orders.js', effect: 'unknown' }]);
    expect((await lookBetween(repo, { from: to, to }, url, null, had)).since).toEqual([]);
    const from = repo.commit({ 'migrations/20261103-drop.js': "module.exports = { async up(queryInterface) { await queryInterface.dropTable('orders'); }, async down() {} };" });
    await sqlOn(url, `insert into "SequelizeMeta" values ('20261103-drop.js')`);
    expect((await lookBetween(repo, { from, to }, url, null, had)).since).toMatchObject([{ label: '20261103-drop.js', effect: 'destructive' }]);
    expect((await lookBetween(repo, { from, to }, url, null, await applied(url))).since, 'its file is here, so it is this release’s own').toMatchObject([{ label: '20261103-drop.js' }]);
  });

  it('a table of the same name that is somebody else’s is not read', async () => {
    const url = await newDatabase(server.url, 'of_laravel');
    const repo = box.repo('laravel');
    const from = repo.commit({ 'package.json': '{"dependencies":{"typeorm":"1"}}' });
    await sqlOn(url, "create table migrations (id serial primary key, migration varchar, batch int); insert into migrations (migration, batch) values ('x', 1)");
    expect(await lookBetween(repo, { from, to: from }, url)).toEqual({ since: [], refusals: [], unread: [], dirs: [], read: [] });
  });
});
