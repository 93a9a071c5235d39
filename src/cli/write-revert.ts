import { lstat, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { RevertJob } from '../commands/command.js';
import type { Config } from '../config/config.js';
import { HypercareError } from '../domain/errors.js';
import type { Exec } from '../io/exec.js';
import { writeDiff } from '../io/git-diff.js';

const DIFF_MS = 30_000;
const MOST_BYTES = 50 * 1024 * 1024;
const WHY_CHARS = 500;

/**
 * A patch, as `git am` takes it, from one commit to an older one: what lies between is taken back in one commit, whatever
 * merges are in it. The repository is only read; the file may not be there before.
 */
export async function writeRevert({ exec, config, cwd }: { readonly exec: Exec; readonly config: Config; readonly cwd: string }, job: RevertJob): Promise<{ readonly bytes: number }> {
  const release = config.apps.find(({ name }) => name === job.app)?.release;
  const repo = release?.mode === 'in-place' ? release.dir : release?.repo;
  if (!repo) throw new HypercareError('release.no_repository', 'invalid', `the config of ${job.app} names no repository`, 'Write it as repo below release in hypercare.yaml.');
  const file = resolve(cwd, job.into);
  if (await lstat(file).catch(() => null)) throw new HypercareError('release.file_exists', 'invalid', `${file} is there already`, 'Name another file; nothing is overwritten.');
  if (!(await stat(dirname(file)).then((found) => found.isDirectory(), () => false))) throw new HypercareError('release.no_directory', 'invalid', `${dirname(file)} is no directory`, 'Make it first, or name another place.');
  const dir = await mkdtemp(join(tmpdir(), 'hypercare-revert-'));
  try {
    const diff = join(dir, 'diff');
    await writeDiff(exec, { repo, from: job.from, to: job.to, file: diff, timeoutMs: DIFF_MS });
    const body = await readFile(diff);
    if (body.length > MOST_BYTES) throw new HypercareError('release.patch_too_large', 'permanent', `the patch has ${body.length} bytes`, `Take it back by hand: git revert ${job.to.slice(0, 12)}..${job.from.slice(0, 12)}`);
    if (body.length === 0) throw new HypercareError('release.no_difference', 'permanent', `${job.from.slice(0, 7)} and ${job.to.slice(0, 7)} have the same files`, null);
    const patch = Buffer.concat([Buffer.from(header(job)), body]);
    await writeFile(file, patch, { flag: 'wx' });
    return { bytes: patch.length };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The date is a constant: the commit's own time is when it is applied or written, as git says. */
function header({ app, from, to, why }: RevertJob): string {
  const plain = why.replace(/[^\x20-\x7e]/g, ' ').slice(0, WHY_CHARS);
  return [
    `From ${from} Mon Sep 17 00:00:00 2001`, 'From: hypercare <hypercare@localhost>', `Subject: [PATCH] Take ${from.slice(0, 7)} back to ${to.slice(0, 7)}`, '',
    `${app} was rolled back from ${from.slice(0, 12)} to ${to.slice(0, 12)}:`, plain, '---', '', '',
  ].join('\n');
}
