import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Exec } from '../../src/io/exec.js';
import { processesIn } from '../../src/io/processes.js';
import { makeModules } from './node-modules.js';

/** Written when an install ended well; npm removes node_modules, and this with it, before it begins the next. */
const DONE = 'node_modules/.hypercare-lock';
/** Below .git while npm works: where it still lies afterwards, the packages are in pieces. */
const BEGUN = 'installing';

/** untouched: no install of ours since the one before · broken: one was begun and did not end · else the lockfile's hash it was of. */
export async function packagesIn(dir: string): Promise<'untouched' | 'broken' | { readonly lockHash: string }> {
  if (await stat(join(await notesDir(dir), BEGUN)).catch(() => null)) return 'broken';
  const lockHash = (await readFile(join(dir, DONE), 'utf8').catch(() => '')).trim();
  return lockHash === '' ? 'untouched' : { lockHash };
}

/** Npm's commands that change packages, by their short names too. An app that runs by `npm start` waits for nobody: a rollback waited ten minutes for one, and broke off. */
const INSTALLS = /(?:^|[\s/])npm(?:-cli\.js)?\s+(?:-\S+\s+)*(?:ci|clean-install|install|install-clean|i|add|update|up|upgrade|uninstall|un|remove|rm|prune|dedupe|rebuild)(?=\s|$)/;

/** Is npm at work there, perhaps started by one of us that was killed? It writes over its own arguments, which are one text then. */
export async function isInstalling(dir: string): Promise<boolean> {
  return (await processesIn(dir)).some(({ args }) => INSTALLS.test(args.join(' ').trim()));
}

/** Packages are missing from when npm clears the directory until it ends; an app that loads one then fails. */
export async function installInPlace(exec: Exec, job: { readonly dir: string; readonly lockHash: string; readonly timeoutMs: number }, signal: AbortSignal): Promise<void> {
  const begun = join(await notesDir(job.dir), BEGUN);
  await mkdir(await notesDir(job.dir), { recursive: true });
  await writeFile(begun, `${job.lockHash}\n`);
  await makeModules(exec, { dir: job.dir, plan: { kind: 'install' }, timeoutMs: job.timeoutMs }, signal);
  // A lockfile may need no package at all.
  await mkdir(join(job.dir, 'node_modules'), { recursive: true });
  await writeFile(join(job.dir, DONE), `${job.lockHash}\n`);
  await rm(begun, { force: true });
}

/** When the install that ended well ended (wall clock, milliseconds); null where there was none of ours. */
export async function packagesSince(dir: string): Promise<number | null> {
  return writtenAt(join(dir, DONE));
}

/** When HEAD was last moved or detached (wall clock, milliseconds); null where it cannot be seen. */
export async function headWrittenAt(dir: string): Promise<number | null> {
  return writtenAt(join(await gitDir(dir), 'HEAD'));
}

async function writtenAt(path: string): Promise<number | null> {
  return stat(path).then((file) => file.mtimeMs, () => null);
}

/** Where we may leave things in a working tree: git neither shows nor touches them. */
export async function notesDir(dir: string): Promise<string> {
  return join(await gitDir(dir), 'hypercare');
}

/** In a worktree `.git` is a file that says where. */
async function gitDir(dir: string): Promise<string> {
  const git = join(dir, '.git');
  return (await stat(git)).isDirectory() ? git : resolve(dir, (await readFile(git, 'utf8')).replace(/^gitdir:\s*/, '').trim());
}
