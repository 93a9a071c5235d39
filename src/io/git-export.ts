import { randomBytes } from 'node:crypto';
import { lstat, mkdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HypercareError } from '../domain/errors.js';
import { systemClock } from './clock.js';
import type { Exec, ExecResult } from './exec.js';
import { askGit, blobOf, gitEnv, QUIET } from './git-ask.js';
import { gitError } from './git-error.js';
import { requireCommit, zeroSeparated } from './git-read.js';

const LFS_FIRST_LINE = 'version https://git-lfs.github.com/spec/';
/** A pointer is a few lines; the LFS specification wants it below 1,024 bytes. */
const LFS_MAX_BYTES = 1_024;
const MAX_NAMED = 5;

export interface ExportJob {
  readonly repo: string;
  readonly commit: string;
  readonly dir: string;
  readonly timeoutMs: number;
}

/**
 * Steps: refuse what an archive would leave hollow · archive into a file · unpack beside `dir` · rename. A kill at any
 * point leaves no `dir`; what it leaves begins with the name of `dir` and '.part-'.
 */
export async function exportCommit(exec: Exec, job: ExportJob): Promise<void> {
  const { repo, dir } = job;
  const commit = requireCommit(job.commit);
  if (await exists(dir)) throw new HypercareError('git.dir_exists', 'invalid', `${dir} exists already`, 'Export into a new directory.');
  await refuseSubmodules(repo, commit);
  await refuseLfsPointers(repo, commit);
  const part = `${dir}.part-${randomBytes(6).toString('hex')}`;
  await mkdir(join(part, 'tree'), { recursive: true });
  try {
    const endsAt = systemClock.monotonic() + job.timeoutMs;
    const left = (): number => Math.max(1, endsAt - systemClock.monotonic());
    const archive = join(await realpath(part), 'archive.tar');
    const settings = QUIET.flatMap((setting) => ['-c', setting]);
    const env = gitEnv(dirname(await realpath(repo)));
    // Two children and a file between, not a pipe: each has its own exit code, and its own group to end at the deadline.
    ended(await exec.run('git', [...settings, 'archive', '--format=tar', `--output=${archive}`, commit], { cwd: repo, env, timeoutMs: left() }), job);
    // Owner and umask are ours, not what the archive says: tar run by root would keep both.
    ended(await exec.run('tar', ['--extract', '--no-same-owner', '--no-same-permissions', `--file=${archive}`], { cwd: join(part, 'tree'), timeoutMs: left() }), job);
    await rename(join(part, 'tree'), dir);
  } finally {
    await rm(part, { recursive: true, force: true, maxRetries: 3 });
  }
}

function ended(result: ExecResult, job: ExportJob): void {
  if (result.timedOut) throw new HypercareError('git.timeout', 'transient', `Exporting ${job.commit.slice(0, 7)} did not end within ${job.timeoutMs} ms`, 'Try again; nothing was left behind.');
  // What is full is where it is written to, not where it is read from.
  if (result.code !== 0) throw gitError(result.stderr, /no space left/i.test(result.stderr) ? dirname(job.dir) : job.repo);
}

/** An archive and a plain checkout leave submodules empty: the app would start without part of its code. */
export async function refuseSubmodules(repo: string, commit: string): Promise<void> {
  const entries = zeroSeparated(await askGit(repo, ['ls-tree', '-r', '-z', requireCommit(commit)]));
  const paths = entries.filter((entry) => entry.startsWith('160000 ')).map((entry) => entry.slice(entry.indexOf('\t') + 1));
  if (paths.length === 0) return;
  throw new HypercareError('git.submodules', 'permanent', `${commit.slice(0, 7)} has submodules (${named(paths)}), which hypercare does not build`, 'Keep the directories of good releases, so that none has to be built again.');
}

/** In place they stay as they are: nothing is said of one that both commits have alike. */
export async function refuseMovedSubmodules(dir: string, commit: string): Promise<void> {
  // ':160000 160000 <id> <id> M', then the path; zeros where a side has none.
  const parts = zeroSeparated(await askGit(dir, ['diff-tree', '-r', '-z', '--no-renames', '--raw', 'HEAD', requireCommit(commit), '--']));
  const paths = parts.filter((_part, index) => index % 2 === 1 && /^:(?:160000 |\d{6} 160000 )/.test(parts[index - 1] ?? ''));
  if (paths.length === 0) return;
  throw new HypercareError('git.submodules', 'permanent', `Between what runs and ${commit.slice(0, 7)} submodules differ (${named(paths)}), and hypercare moves none`, `Go back by hand: git checkout --detach ${commit.slice(0, 12)}, git submodule update --init, and pm2 reload.`);
}

async function refuseLfsPointers(repo: string, commit: string): Promise<void> {
  const hits = zeroSeparated(await askGit(repo, ['grep', '--full-name', '-l', '-z', '-F', '-e', LFS_FIRST_LINE, commit, '--']));
  const pointers: string[] = [];
  for (const path of hits.map((hit) => hit.slice(commit.length + 1))) {
    const blob = await blobOf(repo, commit, path);
    if (blob.length < LFS_MAX_BYTES && blob.toString('latin1').startsWith(LFS_FIRST_LINE)) pointers.push(path);
    if (pointers.length > MAX_NAMED) break;
  }
  if (pointers.length === 0) return;
  throw new HypercareError('git.lfs', 'permanent', `${commit.slice(0, 7)} holds Git LFS pointers instead of files (${named(pointers)}), and hypercare does not fetch them`, 'Keep the directories of good releases, so that none has to be built again.');
}

function named(paths: readonly string[]): string {
  return paths.length > MAX_NAMED ? `${paths.slice(0, MAX_NAMED).join(', ')}, …` : paths.join(', ');
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false);
}
