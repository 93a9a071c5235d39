import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppConfig, Config, ReleaseConfig } from '../config/config.js';
import { didYouMean, listed } from '../config/did-you-mean.js';
import type { Complaint } from '../config/issues.js';
import type { Path } from '../config/mistake.js';
import { errorText, HypercareError } from '../domain/errors.js';
import { isOwnProcess } from '../domain/own-processes.js';
import { systemClock } from '../io/clock.js';
import { createGit } from '../io/git.js';
import { createLogger } from '../io/log.js';
import { createPm2 } from '../io/pm2-client.js';
import { hostWarnings } from './host-warnings.js';
import { LATE, within } from '../io/within.js';
import { dataDirProblem } from '../store/data-dir.js';

/** For PM2's answer, and for all directories of one app: on a disk that hangs a look never ends. */
const LOOK_MS = 3_000;

/** What the configuration names and this machine does not have. It only looks: it starts no PM2 daemon and makes no directory. */
export async function machineWarnings(config: Config): Promise<readonly Complaint[]> {
  const kept = dataDirProblem(config.dataDir);
  const warnings = [...(kept === null ? [] : [warning(['data_dir'], `what is remembered cannot be kept: ${kept}`)]), ...(await pm2Warnings(config))];
  warnings.push(...(await hostWarnings(config)));
  for (const app of config.apps) {
    if (app.release === null) continue;
    const path = ['apps', app.name, 'release'];
    const found = await within(releaseWarnings(app.release, path), LOOK_MS, systemClock);
    if (found !== LATE) warnings.push(...found);
    else return [...warnings, warning([...path, 'dir'], `could not be looked at within ${LOOK_MS / 1_000} s: see whether its disk or mount hangs; nothing behind it was looked at`)];
  }
  return warnings;
}

async function pm2Warnings({ apps, pm2Home }: Config): Promise<readonly Complaint[]> {
  if (apps.length === 0) return [];
  const pm2 = createPm2({ home: pm2Home, clock: systemClock, log: createLogger({ format: 'text', level: 'silent' }), timeoutMs: LOOK_MS });
  try {
    const running = [...new Set((await pm2.list()).map(({ name }) => name))].filter((name) => !isOwnProcess(name));
    return apps.flatMap((app) => app.processes.flatMap((name, index) => (running.includes(name) ? [] : [notRunning(app, index, running)])));
  } catch (error) {
    return [warning(['pm2_home'], unreachable(pm2Home, error))];
  } finally {
    await pm2.close();
  }
}

function notRunning(app: AppConfig, index: number, running: readonly string[]): Complaint {
  const name = app.processes[index] ?? '';
  const message = `PM2 runs nothing named ${JSON.stringify(name)}${didYouMean(name, running)} (it runs: ${listed(running)}): start it with pm2, or write its name there under \`pm2\``;
  return app.processes.length === 1 && name === app.name ? { path: ['apps', app.name], message, onKey: true } : warning(['apps', app.name, 'pm2', index], message);
}

function unreachable(home: string, error: unknown): string {
  if (!(error instanceof HypercareError)) return `PM2 of ${home} cannot be asked: ${errorText(error)}`;
  if (error.code === 'pm2.dead') return `no PM2 runs for ${home}: start your apps with pm2, or name the home of the PM2 that runs them`;
  return saidOf(error);
}

async function releaseWarnings(release: ReleaseConfig, path: Path): Promise<readonly Complaint[]> {
  const dir = (await directoryProblem(release.dir, 'make it, or name the one the app is deployed to')) ?? (release.mode === 'in-place' ? await treeProblem(release.dir) : await layoutProblem(release.dir));
  const repo = release.repo === null ? null : ((await directoryProblem(release.repo, 'make it with git clone --bare')) ?? (await repoProblem(release.repo)));
  return [...(dir === null ? [] : [warning([...path, 'dir'], dir)]), ...(repo === null ? [] : [warning([...path, 'repo'], repo)])];
}

async function directoryProblem(dir: string, mend: string): Promise<string | null> {
  try {
    return (await stat(dir)).isDirectory() ? null : `is no directory: ${mend}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? `there is no such directory: ${mend}` : `cannot be looked into (${code ?? 'unknown'}): let this user read it`;
  }
}

async function treeProblem(dir: string): Promise<string | null> {
  const head = await createGit().head(dir).catch((error: unknown) => (error instanceof HypercareError ? error : null));
  if (head instanceof HypercareError) return saidOf(head);
  return head === null ? 'is no git tree with a commit: name the tree PM2 runs the app from' : null;
}

async function layoutProblem(dir: string): Promise<string | null> {
  if ((await directoryProblem(join(dir, 'releases'), '')) !== null) return 'holds no directory `releases` yet: deploy once, as README shows, or use mode in-place';
  const link = await lstat(join(dir, 'current')).catch(() => null);
  if (!link?.isSymbolicLink()) return 'holds no link `current` yet: let the deploy point it to the live release';
  return (await directoryProblem(join(dir, 'current'), '')) === null ? null : 'its link `current` leads nowhere: let the deploy point it to the live release';
}

async function repoProblem(repo: string): Promise<string | null> {
  return createGit().resolve(repo, 'HEAD').then(() => null, (error: unknown) => (error instanceof HypercareError && error.code !== 'git.no_repository' ? saidOf(error) : 'is no git repository: make it with git clone --bare'));
}

function saidOf({ message, mend }: HypercareError): string {
  return [message, mend].filter(Boolean).join('. ');
}

function warning(path: Path, message: string): Complaint {
  return { path, message, onKey: false };
}
