import { realpath } from 'node:fs/promises';
import { relative } from 'node:path';
import { z } from 'zod';
import { releaseName, type Release } from '../../src/domain/release.js';
import { sha256 } from '../../src/io/hash.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { isWithin } from '../../src/io/processes.js';
import { packagesIn } from '../release/install-in-place.js';
import { lockfileAt } from '../release/node-modules.js';
import { unlisted } from './process-plan.js';
import { noteProcess, rolledProcess, type RolledProcess } from './road-workers.js';

/** What was true when the rollback was prepared, where the app runs from a working tree. */
export const inPlaceWitness = z.object({
  mode: z.literal('in-place'),
  dir: z.string(),
  /** Commits: HEAD now and afterwards. */
  from: z.string(),
  to: z.string(),
  /** Lockfile hashes where they differ, so that packages must be installed; null where they are equal. */
  install: z.object({ from: z.string().nullable(), to: z.string() }).nullable(),
  processes: z.array(rolledProcess),
});
export type InPlaceWitness = z.infer<typeof inPlaceWitness>;

const MAX_NAMED = 10;

/** Reads only; the witness, or why it cannot be done, in plain words. */
export async function surveyInPlace(survey: { readonly dir: string; readonly from: Release; readonly to: Release; readonly names: readonly string[]; readonly listed: readonly Pm2Process[] }, io: Io): Promise<InPlaceWitness | { readonly refused: string }> {
  const { from, to } = survey;
  const dir = await realpath(survey.dir).catch(() => survey.dir);
  const head = await io.git.head(dir);
  if (head === null) return { refused: `${dir} is no git tree, so there is nothing to go back in; correct the release's dir or mode in the config` };
  if (to.commit === null || from.commit === null) return { refused: `No commit is known of ${releaseName(to.commit === null ? to : from)}` };
  if (head !== from.commit) return { refused: `${dir} is at ${head.slice(0, 7)} while ${releaseName(from)} runs: somebody moved it and has not restarted yet` };
  if (head === to.commit) return { refused: `${dir} is at ${releaseName(to)} already; the two differ outside of git only` };
  if ((await io.git.resolve(dir, to.commit)) === null) return { refused: `${dir} does not have the commit of ${releaseName(to)} (a shallow clone?); git fetch may bring it` };
  const edits = await io.git.inTheWay(dir, to.commit);
  if (edits.length > 0) return { refused: `Unsaved work is in the way in ${dir}: ${edits.slice(0, MAX_NAMED).join(', ')}${edits.length > MAX_NAMED ? ` and ${edits.length - MAX_NAMED} more` : ''}; commit it or put it aside` };
  const processes = await rolledInPlace(dir, survey, io.clock.now());
  if ('refused' in processes) return processes;
  const install = await packagesBetween(dir, from.commit, to.commit, io);
  if (install !== null && 'refused' in install) return install;
  return { mode: 'in-place', dir, from: from.commit, to: to.commit, install, processes: processes.rolled };
}

async function rolledInPlace(dir: string, { names, listed }: { readonly names: readonly string[]; readonly listed: readonly Pm2Process[] }, now: number): Promise<{ readonly rolled: RolledProcess[] } | { readonly refused: string }> {
  const rolled: RolledProcess[] = [];
  for (const name of names) {
    const instances = listed.filter((one) => one.name === name);
    const [first] = instances;
    if (!first) return { refused: unlisted(name) };
    // pm2 deploy starts through a link, “current”, to the tree beside it.
    const [cwd, script] = await Promise.all([first.cwd, first.execPath].map((path) => realpath(path).catch(() => path)));
    if (!isWithin(dir, cwd ?? '') && !isWithin(dir, script ?? '')) return { refused: `PM2 starts "${name}" in ${first.cwd}, which is not in ${dir}` };
    rolled.push(noteProcess(instances, { name, below: relative(dir, cwd ?? '') }, now));
  }
  return { rolled };
}

async function packagesBetween(dir: string, from: string, to: string, io: Io): Promise<InPlaceWitness['install'] | { readonly refused: string }> {
  const [before, after] = [await lockfileAt(io.git, dir, from), await lockfileAt(io.git, dir, to)];
  if (after === null) return null;
  // Equal lockfiles spare the install, unless one of ours broke off here.
  if (before?.text === after.text && (await packagesIn(dir)) !== 'broken') return null;
  if (!after.name.endsWith('.json')) return { refused: `The packages differ, they are installed by ${after.name}, and hypercare installs with npm only` };
  return { from: before === null ? null : sha256(before.text), to: sha256(after.text) };
}
