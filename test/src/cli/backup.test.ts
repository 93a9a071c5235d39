import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { anchorFile, judgeAnchor, readAnchor, type Anchor } from '../../../src/store/audit-anchor.js';
import { audit } from '../../../src/store/audits.js';
import { openStore } from '../../../src/store/store.js';
import { backupBeforeMigration } from '../../../src/store/backup.js';
import { takeFence } from '../../../src/store/hosts.js';
import { fenced } from '../../../src/store/fenced.js';
import { migrate } from '../../../src/store/migrate.js';
import { migrations } from '../../../src/store/migrations/index.js';
import { migrationsDownTo } from '../../doubles/older-store.js';
import { givenEach } from '../../doubles/given.js';
import { openStage, type Stage } from '../commands/stage.js';
import { cli, writeConfig } from './run.js';

const stage: Stage = givenEach(async () => {
  const opened = await openStage();
  await writeConfig(opened);
  return opened;
}, (one) => one.close());

const store = (): string => join(stage.dir, 'hypercare.db');
const people = (file: string): readonly string[] => {
  const database = new Database(file, { readonly: true });
  const names = (database.prepare('select name from people order by name').all() as readonly { readonly name: string }[]).map(({ name }) => name);
  database.close();
  return names;
};
const rename = (to: string) => stage.store.write((tx) => tx.updateTable('people').set({ name: to }).where('name', '=', 'Vera').execute());
const copyIn = async (name = 'copy.db'): Promise<string> => {
  const { exit, stderr } = await cli(stage, ['backup', name]);
  expect([exit, stderr]).toEqual([0, '']);
  return join(stage.dir, name);
};

describe('backup', () => {
  it('copies the store while others write, for this user alone', async () => {
    let written = 0;
    let going = true;
    const writing = (async () => {
      for (; going; written += 1) {
        await rename('Vera');
        await new Promise((turn) => setImmediate(turn));
      }
    })();
    const file = await copyIn();
    going = false;
    await writing;
    expect(written).toBeGreaterThan(0);
    expect([people(file), statSync(file).mode & 0o777]).toEqual([people(store()), 0o600]);
    expect(readdirSync(stage.dir).filter((name) => name.startsWith('copy'))).toEqual(['copy.db']);
  });

  it('without a name goes into the data directory, says where, and how to put it back', async () => {
    const { exit, stdout } = await cli(stage, ['backup', '--json']);
    const { file } = JSON.parse(stdout) as { readonly file: string };
    expect([exit, file.startsWith(join(stage.dir, 'backups', 'hypercare-')), existsSync(file)]).toEqual([0, true, true]);
    expect((await cli(stage, ['backup', 'again.db'])).stdout).toContain('hypercare restore');
  });

  it.each([
    ['a file that is there', 'hypercare.yaml', 'is there already'], ['a place where nobody may write', '/proc/nowhere/copy.db', '/proc/nowhere'],
  ])('does not go to %s', async (_what, target, why) => {
    const { exit, stderr } = await cli(stage, ['backup', target]);
    expect([exit > 0, stderr.includes(why)]).toEqual([true, true]);
  });

  it('of a PostgreSQL is its own tools’, which are named without the password', async () => {
    const { exit, stderr } = await cli(stage, ['backup'], { env: { DATABASE_URL: 'postgres://ann:hunter2@db.example/hypercare' } });
    expect([exit, stderr.includes('pg_dump'), stderr.includes('hunter2')]).toEqual([2, true, false]);
  });
});

describe('restore', () => {
  it('puts the copy in place under those who have the store open, and keeps what was there', async () => {
    const file = await copyIn();
    await rename('Zoe');
    const { exit, stdout } = await cli(stage, ['restore', file, '--json']);
    const { kept } = JSON.parse(stdout) as { readonly kept: string };
    expect(exit).toBe(0);
    expect((await stage.store.db.selectFrom('people').select('name').where('name', 'in', ['Vera', 'Zoe']).execute()).map(({ name }) => name)).toEqual(['Vera']);
    expect([people(kept).includes('Zoe'), people(store()).includes('Zoe')]).toEqual([true, false]);
    await stage.store.write((tx) => tx.updateTable('people').set({ name: 'Uli' }).where('name', '=', 'Vera').execute());
    expect(people(store())).toContain('Uli');
    expect(readdirSync(stage.dir).filter((name) => name.includes('.restore'))).toEqual([]);
  });

  it('leaves a mark outside of the store of what it forgets, by which the monitor does nothing by itself', async () => {
    const entry = { who: 'Ann', what: 'froze everything', why: 'we look ourselves', body: {} };
    await stage.store.write((tx) => audit(tx, stage.hostId, entry, stage.now));
    const file = await copyIn();
    await stage.store.write((tx) => audit(tx, stage.hostId, entry, stage.now));
    expect((await cli(stage, ['restore', file])).exit).toBe(0);
    const kept = await readAnchor(anchorFile(join(stage.dir, '.pm2')));
    expect(kept).toMatchObject({ hostId: stage.hostId, seq: 2 });
    expect(await judgeAnchor(stage.store.db, stage.hostId, kept as Anchor)).toBe('cut');
  });

  it('takes the monitor that runs its seat away, so that it begins anew', async () => {
    const file = await copyIn();
    const { id, fence } = await stage.store.write((tx) => takeFence(tx, 'vm-1', stage.now));
    const monitor = fenced(stage.store, id, fence);
    await monitor.write(async () => undefined);
    expect((await cli(stage, ['restore', file])).exit).toBe(0);
    await expect(monitor.write(async () => undefined)).rejects.toThrow();
    expect((await stage.store.write((tx) => takeFence(tx, 'vm-1', stage.now))).fence).toBeGreaterThan(fence + 1);
  });

  it.each<readonly [string, (file: string) => void, string]>([
    ['nothing there', () => undefined, 'there is no file'],
    ['a text', (file) => writeFileSync(file, 'hello '.repeat(1_000)), 'is no store of hypercare'],
    ['an empty file', (file) => writeFileSync(file, ''), 'is no store of hypercare'],
    ['a directory', (file) => mkdirSync(file), 'there is no file'],
    ['a database of somebody else', (file) => new Database(file).exec('create table hosts (id text)').close(), 'is no store of hypercare'],
    ['half of a store', (file) => {
      copyFileSync(join(file, '..', 'copy.db'), file);
      truncateSync(file, Math.floor(statSync(file).size / 2));
    }, 'is damaged'],
    ['a store with a hole', (file) => {
      const bytes = readFileSync(join(file, '..', 'copy.db'));
      bytes.fill(0xff, 8_192, 65_536);
      writeFileSync(file, bytes);
    }, 'is damaged'],
    ['a store of a newer version', (file) => {
      copyFileSync(join(file, '..', 'copy.db'), file);
      new Database(file).exec("insert into kysely_migration (name, timestamp) values ('9999-tomorrow', '')").close();
    }, 'was written by a newer hypercare'],
  ])('refuses %s with a clear word, and changes nothing', async (_what, make, why) => {
    await copyIn();
    const bad = join(stage.dir, 'bad.db');
    make(bad);
    const before = people(store());
    const { exit, stderr } = await cli(stage, ['restore', 'bad.db']);
    expect([exit, stderr.replace(/\s+/g, ' ').includes(why) ? '' : stderr]).toEqual([2, '']);
    expect([people(store()), existsSync(join(stage.dir, 'backups'))]).toEqual([before, false]);
  });

  it('wants a file', async () => {
    expect((await cli(stage, ['restore'])).exit).toBe(2);
  });
});

describe('before a migration', () => {
  it('a store in use is copied, the newest three are kept, and where that fails the tables stay as they are', async () => {
    const file = join(stage.dir, 'older.db');
    await migrationsDownTo(store(), file, '0016-ledger');
    const older = openStore({ file });
    await expect(migrate(older, () => Promise.reject(new Error('the disk is full')))).rejects.toThrow('the disk is full');
    expect((new Database(file, { readonly: true }).prepare('select name from kysely_migration').all() as readonly unknown[]).length).toBe(Object.keys(migrations('sqlite')).indexOf('0016-ledger') + 1);
    const firsts: string[] = [];
    await migrate(older, async (migration) => {
      firsts.push(migration);
      for (let n = 0; n < 5; n += 1) await backupBeforeMigration(file, join(stage.dir, 'backups'), { migration, now: stage.now + n });
    });
    await migrate(older, async (migration) => void firsts.push(migration));
    await older.close();
    expect(firsts).toEqual(['0017-pings']);
    expect(readdirSync(join(stage.dir, 'backups')).length).toBe(3);
  });
});
