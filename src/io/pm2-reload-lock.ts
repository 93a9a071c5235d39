import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** After this PM2 takes a lock for forgotten. */
const LOCK_MS = 30_000;

/**
 * PM2's own lock on reloads: the wall clock written into a file of the home. Only its clients keep it, so we keep it
 * too, lest a person's `pm2 reload` and ours overlap. False where somebody else holds it.
 */
export async function takeReloadLock(home: string, now: number): Promise<boolean> {
  const heldSince = Number.parseInt(await readFile(lockFile(home), 'utf8').catch(() => ''), 10);
  const age = now - heldSince;
  if (age >= 0 && age < LOCK_MS) return false;
  await write(home, String(now));
  return true;
}

export async function releaseReloadLock(home: string): Promise<void> {
  await write(home, '');
}

/** The lock is a courtesy: as with PM2 itself, one that cannot be written (a full disk) stops no reload. */
async function write(home: string, content: string): Promise<void> {
  await writeFile(lockFile(home), content).catch(() => undefined);
}

function lockFile(home: string): string {
  return join(home, 'reload.lock');
}
