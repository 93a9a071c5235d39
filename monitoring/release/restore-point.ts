import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Io } from '../../src/io/io.js';
import { sha256 } from '../../src/io/hash.js';
import { environmentOf } from '../../src/io/processes.js';
import { readCurrent } from './switch.js';

/** Beside the releases and in none of them, so that no release takes it along. */
const PLACE = '.hypercare';
/** One name, not a new one each time: what a kill leaves in the middle of it is written over by the next. */
const HALF = 'restore-point.part';
/** The newest so many stay. */
const KEPT = 10;

/**
 * How the app stands right before it is switched, in a file that a person can read when nothing else is left: where the
 * link leads and what PM2 was told of each process. Of environments the names alone, and a hash that tells whether they
 * changed. Returns the file's path.
 */
export async function saveRestorePoint({ base, names }: { readonly base: string; readonly names: readonly string[] }, io: Pick<Io, 'pm2' | 'clock'>): Promise<string> {
  const at = io.clock.now();
  const link = await readCurrent(base);
  const listed = (await io.pm2.list()).filter(({ name }) => names.includes(name));
  const processes = await Promise.all(listed.map(async ({ name, pmId, pid, mode, status, cwd, execPath, nodeVersion, restarts }) => ({ name, pmId, pid, mode, status, cwd, script: execPath, nodeVersion, restarts, environment: await namesOf(pid) })));
  const place = join(base, PLACE);
  await mkdir(place, { recursive: true, mode: 0o700 });
  const file = join(place, `restore-point-${new Date(at).toISOString().replaceAll(':', '').slice(0, 17)}Z.json`);
  const text = JSON.stringify({ version: 1, at: new Date(at).toISOString(), link: { path: join(base, 'current'), leadsTo: link?.dir ?? null, text: link?.text ?? null }, processes }, null, 2);
  const half = join(place, HALF);
  try {
    await writeFile(half, `${text}\n`, { mode: 0o600 });
    await rename(half, file);
  } catch (error) {
    await rm(half, { force: true }).catch(() => undefined);
    throw error;
  }
  await removeOldest(place);
  return file;
}

async function namesOf(pid: number): Promise<{ readonly names: readonly string[]; readonly sha256: string } | null> {
  const environment = pid > 0 ? await environmentOf(pid) : null;
  if (environment === null) return null;
  const entries = Object.entries(environment).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { names: entries.map(([name]) => name), sha256: sha256(JSON.stringify(entries)) };
}

/** Their names begin with the time, so that they sort by age. */
async function removeOldest(place: string): Promise<void> {
  const files = (await readdir(place)).filter((name) => name.startsWith('restore-point-')).toSorted();
  for (const name of files.slice(0, -KEPT)) await rm(join(place, name), { force: true });
}
