import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { noteCard } from '../cards/note-card.js';
import type { Result } from '../commands/command.js';
import { HypercareError } from '../domain/errors.js';
import { sayBytes } from '../domain/bytes.js';
import type { Config } from '../config/config.js';
import { storeAddress } from '../store/address.js';
import { anchorFile, writeAnchor } from '../store/audit-anchor.js';
import { backupName, backupsDir, backupStore, examineBackup, newestEntry, restoreStore } from '../store/backup.js';
import type { CliIo } from './cli-io.js';
import { findConfig } from './find-config.js';
import { brokenLine, readRemains } from './load-config.js';
import { ownWords, wrongWords, OWN_VERBS } from './usage.js';

interface Place {
  readonly file: string;
  readonly config: Pick<Config, 'dataDir' | 'host' | 'pm2Home'>;
}

/** A copy of the store, while it is used. */
export async function backup(words: readonly string[], io: CliIo, named: string | null): Promise<Result> {
  const [wanted] = ownWords('backup', words).said;
  const { file, config: { dataDir } } = await placeOf(io, named, 'backup');
  if (!existsSync(file)) throw new HypercareError('store.none', 'invalid', `there is no store ${file} yet`, 'Start hypercare first: npm start.');
  const made = await backupStore(file, wanted === undefined ? join(backupsDir(dataDir), backupName('hypercare', io.clock.now())) : resolve(io.cwd, wanted));
  return {
    data: { version: 1, file: made.file, bytes: made.bytes },
    card: noteCard({ subject: 'backup', level: 'good', title: `the store is copied, ${sayBytes(made.bytes)}`, body: [made.file], footer: `To put it back: hypercare restore ${made.file}. Keep a copy on another machine; .env and hypercare.yaml are not in it.` }),
    exit: 0,
  };
}

/** Puts a copy in the store's place; what was there is kept as a copy too. */
export async function restore(words: readonly string[], io: CliIo, named: string | null): Promise<Result> {
  const [wanted] = ownWords('restore', words).said;
  if (wanted === undefined) throw wrongWords(OWN_VERBS.find(({ name }) => name === 'restore') as (typeof OWN_VERBS)[number], 'names no file');
  const { file, config } = await placeOf(io, named, 'restore');
  const from = resolve(io.cwd, wanted);
  examineBackup(from);
  const kept = existsSync(file) ? await keptOf(file, join(backupsDir(config.dataDir), backupName('before-restore', io.clock.now()))) : null;
  if (kept !== null) await noteWhatIsForgotten({ file, config }, io.clock.now());
  await restoreStore(from, file);
  return {
    data: { version: 1, restored: from, store: file, kept },
    card: noteCard({
      subject: 'restore', level: 'good', title: 'the store is as it was when the copy was made',
      body: [`${from} is in the place of ${file}.`, ...(kept === null ? [] : [`What was there is kept: ${kept}`]), 'A monitor that runs begins anew with it by itself; where none runs: npm start.', 'Where something was forgotten, freezes and budgets too, nothing is done by itself for 24 h; “hypercare unfreeze” ends that.'],
      footer: 'What happened since the copy is forgotten here, and has happened all the same: look at “hypercare status”, and at what chats still show.',
    }),
    exit: 0,
  };
}

/** The anchor outlives the store: by it the monitor sees that its memory is older than what it did, and holds everything. */
async function noteWhatIsForgotten({ file, config }: Place, now: number): Promise<void> {
  const newest = newestEntry(file, config.host);
  if (newest === null) return;
  try {
    mkdirSync(config.pm2Home, { recursive: true, mode: 0o700 });
    await writeAnchor(anchorFile(config.pm2Home), { version: 1, ...newest, at: now });
  } catch (error) {
    throw new HypercareError('restore.anchor', 'invalid', `how far the audit trail went could not be noted in ${config.pm2Home}, and nothing was changed`, 'See that the directory is there and this user may write to it.', { cause: error });
  }
}

/** A store that cannot be copied any more is no reason to leave it in place. */
async function keptOf(file: string, target: string): Promise<string | null> {
  try {
    examineBackup(file);
  } catch {
    throw new HypercareError('restore.unreadable', 'invalid', `the store ${file} as it is cannot be read, so no copy of it can be kept`, `Stop hypercare (npm stop), move ${file} and the files beside it (-wal, -shm) away, and restore again.`);
  }
  return (await backupStore(file, target)).file;
}

async function placeOf(io: CliIo, named: string | null, verb: 'backup' | 'restore'): Promise<Place> {
  const { config, secrets, broken } = await readRemains(io, findConfig(io, named));
  if (broken !== null) io.stderr.write(`${brokenLine(broken, config.dataDir)}\n`);
  const address = storeAddress(config, secrets);
  if ('file' in address) return { file: address.file, config };
  const how = verb === 'backup' ? 'pg_dump --format=custom --file=hypercare.dump "$DATABASE_URL"' : 'pg_restore --clean --if-exists --single-transaction --dbname="$DATABASE_URL" hypercare.dump, with hypercare stopped on every host';
  throw new HypercareError(`${verb}.postgres`, 'invalid', 'the store is a PostgreSQL, which has tools of its own for this', `Run: ${how}`);
}
