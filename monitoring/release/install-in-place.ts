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

/** Is npm at work there, perhaps started by one of us that was killed? */
export async function isInstalling(dir: string): Promise<boolean> {
  return (await processesIn(dir)).some(({ name, args }) => name.startsWith('npm') || args.some((arg) => /(^|\/)npm(-cli\.js)?$/.test(arg)));
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

/** Where we may leave things in a working tree: git neither shows nor touches them. In a worktree `.git` is a file that says where. */
export async function notesDir(dir: string): Promise<string> {
  const git = join(dir, '.git');
  const real = (await stat(git)).isDirectory() ? git : resolve(dir, (await readFile(git, 'utf8')).replace(/^gitdir:\s*/, '').trim());
  return join(real, 'hypercare');
}
