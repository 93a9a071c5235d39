import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HypercareError } from '../../src/domain/errors.js';
import { holdDir, inodeOf, type HeldDir } from '../../src/io/held-dir.js';
import type { Io } from '../../src/io/io.js';
import { openFiles } from '../../src/io/open-files.js';
import { codeAt } from './host-code.js';
import type { HostOptions } from './host-options.js';

/** What of an app's release directory is its code or its history. */
const CODE = ['releases', 'current', 'repo', 'repo.git', '.git', 'node_modules'];

/** All that is asked of PM2 here is where it lives. */
interface WithPm2 {
  readonly pm2: Pick<Io['pm2'], 'home'>;
}

/** Holds a directory in which something may be done; throws in plain words where it may not. Whoever asks closes it. */
export async function holdRoot(path: string, options: Pick<HostOptions, 'own' | 'releases'>, io: WithPm2): Promise<HeldDir> {
  const held = await holdDir(path);
  const wrong = await wrongWith(held, options, io);
  if (wrong === null) return held;
  await held.close();
  throw new HypercareError('files.protected', 'denied', `${path} ${wrong}`, 'Name another directory under host in hypercare.yaml.');
}

/** The same for a repair, which also asks PM2 whose code stands there: at each look anew. */
export async function holdUsable(path: string, options: Pick<HostOptions, 'own' | 'releases'>, io: Pick<Io, 'pm2'>): Promise<HeldDir> {
  const held = await holdRoot(path, options, io);
  try {
    const code = await codeAt(held, io);
    if (code !== null) throw new HypercareError('files.protected', 'denied', `${path} ${code}`, 'Name another directory under host in hypercare.yaml.');
    return held;
  } catch (error) {
    await held.close();
    throw error;
  }
}

async function wrongWith(held: HeldDir, { own, releases }: Pick<HostOptions, 'own' | 'releases'>, io: WithPm2): Promise<string | null> {
  const logs = await inodesOf([join(io.pm2.home, 'logs')]);
  const isPm2Logs = held.lineage.some((inode) => logs.has(inode));
  const ours = await inodesOf(own);
  if (!isPm2Logs && held.lineage.some((inode) => ours.has(inode))) return "holds what hypercare or PM2 needs: of theirs, PM2's logs alone may be named";
  const apps = await inodesOf(releases);
  const at = held.lineage.findLastIndex((inode) => apps.has(inode));
  if (at === -1) return null;
  const next = held.path.split('/')[at + 1]; // The lineage begins with the root, and so does the split path.
  return next === undefined || CODE.includes(next) ? "holds an app's code" : null;
}

/**
 * What is left alone wherever it stands: directories of ours, of PM2 and of the apps' releases, every file that a process
 * has open, and the logs PM2 writes, also those of an app that is down: they say why.
 */
export async function leftAlone({ own, releases }: HostOptions, io: Io, signal: AbortSignal): Promise<Set<string>> {
  const open = await openFiles(signal);
  if (open === null) throw new HypercareError('files.uncountable', 'permanent', 'this machine has too many open files to tell which are in use', 'Remove old files by hand.');
  const listed = await io.pm2.list().catch(() => null);
  const logs = listed === null ? [join(io.pm2.home, 'logs')] : listed.flatMap(({ outLog, errLog }) => [outLog, errLog]).filter((file) => file !== null);
  return new Set([...open, ...(await inodesOf([...own, ...releases, ...logs]))]);
}

/** Of those that are there. */
async function inodesOf(paths: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await Promise.all(paths.map((path) => stat(path, { bigint: true }).then(inodeOf, () => null)));
  return new Set(found.filter((inode) => inode !== null));
}
