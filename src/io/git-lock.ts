import { lstat, realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { HypercareError } from '../domain/errors.js';
import { gitPaths } from './git-read.js';
import { inodeOf } from './held-dir.js';
import { processesIn, whoHasOpen, type WorkingProcess } from './processes.js';

/** A tool that neither is called git nor keeps the file open is seen by what it does to the file. */
const WATCHED_MS = 3_000;
const LOOKS = 6;

/** Where a git that changes the index of this tree puts its lock, and what stands there; null: nothing does. */
async function lockOf(dir: string): Promise<{ readonly path: string; readonly uid: bigint; readonly mark: string } | null> {
  const [path = ''] = await gitPaths(dir, ['index.lock']);
  const info = await lstat(path, { bigint: true }).catch(() => null);
  return info && { path, uid: info.uid, mark: `${inodeOf(info)} ${info.mtimeNs} ${info.size}` };
}

export async function isLocked(dir: string): Promise<boolean> {
  return (await lockOf(dir)) !== null;
}

/**
 * A killed git leaves index.lock behind, and every later one refuses. Its path, where nobody holds it; null where there
 * is none. Throws `git.locked` where somebody may: a git that works in that tree (`git commit` keeps the lock, its file
 * closed, for as long as an editor is open), whatever has the file open, whoever changes it while it is looked at, and
 * another user, whose processes only root can see.
 */
export async function staleLock(dir: string): Promise<string | null> {
  const found = await lockOf(dir);
  if (found === null) return null;
  if (![0, Number(found.uid)].includes(process.geteuid?.() ?? 0)) throw held(dir, 'as another user, whose processes cannot be seen');
  for (let looks = LOOKS; ; looks -= 1) {
    const now = await lockOf(dir);
    if (now === null) return null;
    if (now.mark !== found.mark) throw held(dir, 'right now');
    const working = (await processesIn(await realpath(dir))).filter(mayHoldLock).map(({ pid }) => pid);
    const holder = working.length > 0 ? null : await whoHasOpen(found.path);
    if (working.length > 0 || holder !== null) throw held(dir, `at the moment (pid ${working.length > 0 ? working.join(', ') : holder})`);
    if (looks <= 0) return found.path;
    await sleep(WATCHED_MS / LOOKS);
  }
}

/** Git's housekeeping runs for minutes in the background after a large commit, and never touches the index. */
function mayHoldLock({ name, args }: WorkingProcess): boolean {
  const isGit = name === 'git' || name.startsWith('git-');
  return isGit && !args.some((arg) => ['gc', 'maintenance', 'repack', 'pack-objects', 'prune'].includes(arg));
}

function held(dir: string, by: string): HypercareError {
  return new HypercareError('git.locked', 'transient', `Something works in ${dir} ${by}: it holds git’s index.lock`, 'Let it finish, then try again; where nothing does, remove .git/index.lock.');
}
