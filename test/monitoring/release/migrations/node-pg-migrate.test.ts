import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { layCommit, lookBetween, newDatabase } from '../../../doubles/migrated-app.js';
import { gitSandbox, type Repo, type Sandbox } from '../../../doubles/git-repo.js';
import { missingService, startPostgres, type Service } from '../../../doubles/postgres.js';

const none = missingService('postgres');

describe.skipIf(none !== null)(`migrations of a real node-pg-migrate${none ? ` (skipped: ${none})` : ''}`, () => {
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
    url = await newDatabase(server.url, `pgm_${count}`);
  });

  /** Migrates as the app itself would at its start. */
  async function start(commit: string, again = ''): Promise<void> {
    const dir = layCommit(repo, commit, join(box.dir, `run-${count}-${commit.slice(0, 7)}${again}`));
    // A connection of ours: one of its own is still open for a moment after it refused, and the server may end before.
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await runner({ dbClient: client, dir: join(dir, 'migrations'), direction: 'up', migrationsTable: 'pgmigrations', log: () => undefined });
    } finally {
      await client.end();
    }
  }

  const file = (body: string): string => `exports.up = (pgm) => { ${body} };\nexports.down = () => {};\n`;
  const first = { 'package.json': '{"dependencies":{"node-pg-migrate":"8"}}', 'migrations/1_orders.js': file("pgm.createTable('orders', { id: 'id' });") };

  it('that were applied since are read from its table and judged by their files; older code starts with newer ones behind its own', async () => {
    const to = repo.commit(first);
    await start(to);
    const from = repo.commit({ 'migrations/2_note.js': file("pgm.addColumns('orders', { note: { type: 'text' } });"), 'migrations/3_gone.sql': '-- Up Migration\nalter table orders drop column note;\n-- Down Migration\n' });
    await start(from);
    expect(await lookBetween(repo, { from, to }, url)).toEqual({
      since: [
        { tool: 'node-pg-migrate', label: '2_note.js', effect: 'additive', why: null },
        { tool: 'node-pg-migrate', label: '3_gone.sql', effect: 'destructive', why: 'drop column' },
      ],
      refusals: [], unread: [], dirs: ['migrations'], read: ['node-pg-migrate (db, public.pgmigrations)'],
    });
    await start(to, '-again');
  });

  it('of which older code lacks one in the middle keep it from starting', async () => {
    const from = repo.commit({ ...first, 'migrations/2_note.js': file("pgm.addColumns('orders', { note: { type: 'text' } });"), 'migrations/3_more.js': file("pgm.addColumns('orders', { more: { type: 'text' } });") });
    await start(from);
    const to = repo.commit({ 'migrations/2_note.js': null });
    expect((await lookBetween(repo, { from, to }, url)).refusals).toEqual([expect.stringContaining('node-pg-migrate checks the order')]);
    await expect(start(to), 'as node-pg-migrate itself says').rejects.toThrow(/[Nn]ot run migration/);
  });
});
