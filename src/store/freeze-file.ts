import { lstat, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { isDiskFull } from '../domain/disk-full.js';

/** Anything longer is no reason. */
const REASON_CHARS = 500;

/** The brake that needs neither the store nor the monitor: while this file is there, every hand is held. */
export interface FreezeFile {
  /** Who owns it. */
  readonly author: string;
  readonly reason: string;
  /** Null for one that cannot be looked at. */
  readonly since: number | null;
}

export function freezeFile(config: { readonly dataDir: string }): string {
  return join(config.dataDir, 'freeze');
}

/** Null where there is none. Whatever else stands in the way of looking counts as frozen: a brake that cannot be read holds. */
export async function readFreeze(file: string): Promise<FreezeFile | null> {
  try {
    const { uid, mtimeMs } = await stat(file);
    const text = await readFile(file, 'utf8').catch(() => '');
    const reason = text.replace(/\s+/g, ' ').trim().slice(0, REASON_CHARS);
    return { author: await nameOf(uid), reason: reason || `${file} is there`, since: Math.round(mtimeMs) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // A link that leads nowhere was put there by somebody.
    if ((code === 'ENOENT' || code === 'ENOTDIR') && (await lstat(file).catch(() => null)) === null) return null;
    return { author: 'somebody', reason: `${file} cannot be looked at (${code ?? 'unknown error'})`, since: null };
  }
}

/** False where the disk had room for the file alone, and not for the reason: it holds all the same. */
export async function writeFreeze(file: string, reason: string): Promise<boolean> {
  try {
    await writeFile(file, `${reason}\n`, { mode: 0o644 });
    return true;
  } catch (error) {
    if (!isDiskFull(error) || (await readFreeze(file)) === null) throw error;
    return false;
  }
}

/** False where there was none. */
export async function removeFreeze(file: string): Promise<boolean> {
  const there = (await lstat(file).catch(() => null)) !== null;
  await rm(file, { force: true });
  return there;
}

async function nameOf(uid: number): Promise<string> {
  if (uid === process.getuid?.()) return userInfo().username;
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const entry = passwd.split('\n').map((line) => line.split(':')).find(([, , id]) => id === String(uid));
  return entry?.[0] ?? `uid ${uid}`;
}
