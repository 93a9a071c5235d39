import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { HypercareError } from '../domain/errors.js';
import type { Anchor } from './audit-anchor.js';
import { makeDataDir } from './data-dir.js';
import { migrations } from './migrations/index.js';

/** All in one go: SQLite begins anew where somebody else writes between two, and with WAL nobody waits for who reads. */
const PAGES = 0x7fff_ffff;
const MAGIC = 'SQLite format 3\0';
/** Of copies that were made before a migration. */
const MOST_KEPT = 3;
const OF_MIGRATION = /^before-\d{4}-.*\.db$/;

export interface Backup {
  readonly file: string;
  readonly bytes: number;
}

/** Where copies are kept that nobody named. */
export function backupsDir(dataDir: string): string {
  return join(dataDir, 'backups');
}

/** A name of its own for each moment. */
export function backupName(what: string, now: number): string {
  return `${what}-${new Date(now).toISOString().replace(/[:.]/g, '-')}.db`;
}

/** Copies a store of SQLite while it is used: as it is at one moment, whole or not at all, for this user's eyes alone. */
export async function backupStore(store: string, target: string): Promise<Backup> {
  makeDataDir(dirname(target));
  if (existsSync(target)) throw new HypercareError('backup.exists', 'invalid', `${target} is there already`, 'Name another file: nothing is written over.');
  const beside = `${target}.new`;
  try {
    await copy(store, beside);
    chmodSync(beside, 0o600);
    makeOneFile(beside);
    flush(beside);
    renameSync(beside, target);
    flush(dirname(target));
  } catch (error) {
    removeAll(beside);
    throw new HypercareError('backup.failed', 'transient', `the store could not be copied to ${target}`, 'Check that the disk has room for a second store, and that this user may write there.', { cause: error });
  }
  return { file: target, bytes: statSync(target).size };
}

/** Before tables are changed. The newest few of these copies are kept. */
export async function backupBeforeMigration(store: string, dir: string, { migration, now }: { readonly migration: string; readonly now: number }): Promise<Backup> {
  const made = await backupStore(store, join(dir, backupName(`before-${migration}`, now)));
  const old = readdirSync(dir).filter((name) => OF_MIGRATION.test(name)).map((name) => ({ file: join(dir, name), at: statSync(join(dir, name)).mtimeMs })).sort((a, b) => b.at - a.at).slice(MOST_KEPT);
  for (const { file } of old) rmSync(file, { force: true });
  return made;
}

/** Throws where a file is no store that this version can go on with, and says why. It is only read. */
export function examineBackup(file: string): void {
  if (!existsSync(file) || !statSync(file).isFile()) throw new HypercareError('restore.missing', 'invalid', `there is no file ${file}`, 'Name a file that “hypercare backup” made.');
  if (!beginsAsStore(file)) throw notOurs(file, null);
  let database: Database.Database | null = null;
  try {
    database = new Database(file, { readonly: true });
    demandWhole(database);
    demandOurs(database, file);
  } catch (error) {
    if (error instanceof HypercareError) throw error;
    throw new HypercareError('restore.damaged', 'invalid', `${file} is damaged, and nothing was changed`, 'Take another copy.', { cause: error });
  } finally {
    database?.close();
  }
}

/**
 * Puts a copy in the place of a store that may be in use, in one transaction of SQLite: whoever is killed meanwhile
 * leaves the old one. The monitor that runs loses its seat by it, and begins anew with what was restored.
 */
export async function restoreStore(copyOf: string, store: string): Promise<void> {
  const beside = `${store}.restore`;
  removeAll(beside);
  try {
    await copy(copyOf, beside);
    raiseFences(beside, store);
    await copy(beside, store);
  } catch (error) {
    throw new HypercareError('restore.failed', 'transient', `the store ${store} could not be replaced, and is as it was`, 'Stop hypercare (npm stop), check that the disk has room, and try again.', { cause: error });
  } finally {
    removeAll(beside);
  }
}

/** Where a host's audit trail stands in a store that nobody has opened; null where it has none. */
export function newestEntry(store: string, host: string): Pick<Anchor, 'hostId' | 'seq' | 'hash'> | null {
  const database = new Database(store, { readonly: true, timeout: 10_000 });
  try {
    const sql = 'select hosts.id as hostId, audits.seq, audits.hash from audits inner join hosts on hosts.id = audits.host_id where hosts.name = ? order by audits.seq desc limit 1';
    return (database.prepare(sql).get(host) as Pick<Anchor, 'hostId' | 'seq' | 'hash'> | undefined) ?? null;
  } finally {
    database.close();
  }
}

function removeAll(file: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${end}`, { force: true });
}

async function copy(from: string, to: string): Promise<void> {
  const database = new Database(from, { readonly: true, fileMustExist: true, timeout: 10_000 });
  try {
    await database.backup(to, { progress: () => PAGES });
  } finally {
    database.close();
  }
}

/** Who holds a seat of the store as it is may write nothing into what is restored. */
function raiseFences(copyFile: string, store: string): void {
  const database = new Database(copyFile);
  try {
    database.pragma('journal_mode = DELETE');
    const live = existsSync(store) ? fencesOf(store) : 0;
    database.prepare('update hosts set fence = max(fence, ?) + 1, monitor_seen_at = null, bot_seen_at = null').run(live);
  } finally {
    database.close();
  }
}

/** 0 where the store as it is cannot be read: that may be why another one is put in its place. */
function fencesOf(store: string): number {
  let database: Database.Database | null = null;
  try {
    database = new Database(store, { readonly: true, timeout: 10_000 });
    return (database.prepare('select max(fence) as fence from hosts').get() as { readonly fence: number | null }).fence ?? 0;
  } catch {
    return 0;
  } finally {
    database?.close();
  }
}

function demandOurs(database: Database.Database, file: string): void {
  const names = (sql: string): readonly string[] => (database.prepare(sql).all() as readonly { readonly name: string }[]).map(({ name }) => name);
  if (names("select name from sqlite_master where name in ('kysely_migration', 'hosts', 'audits')").length < 3) throw notOurs(file, null);
  const known = Object.keys(migrations('sqlite'));
  const unknown = names('select name from kysely_migration').filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new HypercareError('restore.newer', 'invalid', `${file} was written by a newer hypercare: this version does not know its ${unknown.join(', ')}`, 'Install that version first, or take an older copy.');
}

function notOurs(file: string, cause: unknown): HypercareError {
  return new HypercareError('restore.foreign', 'invalid', `${file} is no store of hypercare, and nothing was changed`, 'Name a file that “hypercare backup” made.', { cause });
}

function beginsAsStore(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    const head = Buffer.alloc(MAGIC.length);
    return readSync(handle, head, 0, MAGIC.length, 0) === MAGIC.length && head.toString('latin1') === MAGIC;
  } finally {
    closeSync(handle);
  }
}

function demandWhole(database: Database.Database): void {
  const said = database.pragma('quick_check(1)', { simple: true });
  if (said !== 'ok') throw new Error(`SQLite finds it damaged: ${String(said).slice(0, 200)}`);
}

/** Whole, and without the files that WAL keeps beside it: it can be read where nothing can be written. */
function makeOneFile(file: string): void {
  const database = new Database(file);
  try {
    database.pragma('journal_mode = DELETE');
    demandWhole(database);
  } finally {
    database.close();
  }
}

/** What is written has to outlast a power cut. */
function flush(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
