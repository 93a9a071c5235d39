import { realpath } from 'node:fs/promises';
import { releaseName } from '../../src/domain/release.js';
import type { Io } from '../../src/io/io.js';
import { revisionOf } from '../release/identify.js';
import { currentLink } from '../release/layout.js';
import type { RepairTarget } from './repair.js';

/**
 * A process that is started anew runs what stands on disk by then. Where that is another release than the one that runs,
 * pulled but not restarted, a repair would bring it live, which nobody decided: half of an app that failed was brought to
 * fail whole by the reload that should have mended it. Null: it would start what runs; what cannot be told is no reason.
 */
export async function bringsAnother({ name, release, running }: RepairTarget, io: Io): Promise<string | null> {
  if (running === null) return null;
  const next = release?.mode === 'releases' ? await linked(release.dir, running.dir) : await checkedOut(running, io);
  return next === null ? null : `${next} is what would start now, and ${releaseName(running)} is what runs: a repair of ${name} brings no other release live. Finish the deploy, or put back what stood there`;
}

async function linked(base: string, runs: string): Promise<string | null> {
  const [next, now] = await Promise.all([realpath(currentLink(base)).catch(() => null), realpath(runs).catch(() => null)]);
  return next === null || now === null || next === now ? null : `${next} (current leads there)`;
}

async function checkedOut({ dir, commit }: NonNullable<RepairTarget['running']>, io: Io): Promise<string | null> {
  if (commit === null || (await revisionOf(dir)) !== null) return null;
  const head = await io.git.head(dir).catch(() => null);
  return head === null || head === commit ? null : `${head.slice(0, 7)} (HEAD of ${dir})`;
}
