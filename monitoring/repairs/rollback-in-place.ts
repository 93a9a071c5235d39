import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { HypercareError } from '../../src/domain/errors.js';
import type { Json } from '../../src/domain/json.js';
import { releaseName, type Release } from '../../src/domain/release.js';
import { sha256 } from '../../src/io/hash.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { isWithin } from '../../src/io/processes.js';
import { lockfileAt } from '../release/node-modules.js';
import { installInPlace, isInstalling, notesDir, packagesIn } from '../release/install-in-place.js';
import { orUnknown, startingMs, WAY_BACK, workerLegs, type Leg } from './rollback-road.js';
import { actOn, areAsNoted, rolledProcess, untilStarted, verbFor, type RolledProcess } from './rollback-workers.js';

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

const CHECKOUT_MS = 120_000;
const INSTALL_MS = 600_000;
const SAVE_MS = 20_000;
const MAX_PATCH_BYTES = 20 * 1024 * 1024;
const MAX_NAMED = 10;
const SAVED = 'save edits';
const CHECKED_OUT = 'check out';
const INSTALLED = 'install packages';

/** Reads only; the witness, or why it cannot be done, in plain words. */
export async function surveyInPlace(survey: { readonly dir: string; readonly from: Release; readonly to: Release; readonly names: readonly string[]; readonly listed: readonly Pm2Process[] }, io: Io): Promise<InPlaceWitness | { readonly refused: string }> {
  const { from, to } = survey;
  const dir = await realpath(survey.dir).catch(() => survey.dir);
  const head = await io.git.head(dir);
  if (head === null) return { refused: `${dir} is no git tree, so there is nothing to go back in` };
  if (to.commit === null || from.commit === null) return { refused: `No commit is known of ${releaseName(to.commit === null ? to : from)}` };
  if (head !== from.commit) return { refused: `${dir} is at ${head.slice(0, 7)} while ${releaseName(from)} runs: somebody moved it and has not restarted yet` };
  if (head === to.commit) return { refused: `${dir} is at ${releaseName(to)} already; the two differ outside of git only` };
  if ((await io.git.resolve(dir, to.commit)) === null) return { refused: `${dir} does not have the commit of ${releaseName(to)} (a shallow clone?); git fetch may bring it` };
  const edits = await io.git.inTheWay(dir, to.commit);
  if (edits.length > 0) return { refused: `Unsaved work is in the way in ${dir}: ${edits.slice(0, MAX_NAMED).join(', ')}${edits.length > MAX_NAMED ? ` and ${edits.length - MAX_NAMED} more` : ''}; commit it or put it aside` };
  const processes = rolledInPlace(dir, survey, io.clock.now());
  if ('refused' in processes) return processes;
  const install = await packagesBetween(dir, from.commit, to.commit, io);
  if (install !== null && 'refused' in install) return install;
  return { mode: 'in-place', dir, from: from.commit, to: to.commit, install, processes: processes.rolled };
}

function rolledInPlace(dir: string, { names, listed }: { readonly names: readonly string[]; readonly listed: readonly Pm2Process[] }, now: number): { readonly rolled: RolledProcess[] } | { readonly refused: string } {
  const rolled: RolledProcess[] = [];
  for (const name of names) {
    const instances = listed.filter((one) => one.name === name);
    const [first] = instances;
    if (!first) return { refused: `PM2 lists no process named "${name}"` };
    if (!isWithin(dir, first.cwd) && !isWithin(dir, first.execPath)) return { refused: `PM2 starts "${name}" in ${first.cwd}, which is not in ${dir}` };
    rolled.push({ name, verb: verbFor(instances, now), below: relative(dir, first.cwd), instances: instances.map(({ pmId, pid, startedAt }) => ({ pmId, pid, startedAt })) });
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

/** Note the way back · save edits · check out · install where the lockfile differs · each process · look that all came up. */
export function inPlaceRoad(witness: InPlaceWitness): readonly Leg[] {
  const moved = [CHECKED_OUT, ...(witness.install ? [INSTALLED] : [])];
  const to = { dir: null, shown: `${witness.dir} at ${witness.to.slice(0, 7)}`, moved };
  return [wayBackLeg(witness), saveLeg(witness), checkoutLeg(witness), ...(witness.install ? [installLeg(witness, witness.install.to)] : []), ...workerLegs(witness.processes, to)];
}

/** See its like for releases: written down first, undone last, because workers follow the code. */
function wayBackLeg(witness: InPlaceWitness): Leg {
  return {
    name: WAY_BACK,
    does: `if a later step fails: git checkout --detach ${witness.from} in ${witness.dir}${witness.install ? ', npm ci' : ''}, and ${witness.processes.map((one) => one.name).join(', ')} anew`,
    timeoutMs: CHECKOUT_MS + (witness.install ? INSTALL_MS : 0) + startingMs(witness.processes),
    state: async (_witness, receipts) => (receipts[WAY_BACK] === undefined ? 'before' : 'after'),
    act: async () => witness as Json,
    undo: (receipt, io, signal) => goBack(inPlaceWitness.parse(receipt), io, signal),
  };
}

async function goBack(noted: InPlaceWitness, io: Io, signal: AbortSignal): Promise<void> {
  const { dir, from, install } = noted;
  const packages = install === null ? 'untouched' : await packagesIn(dir);
  const theirs = packages === 'broken' || (packages !== 'untouched' && packages.lockHash === install?.to);
  if ((await io.git.head(dir)) === from && !theirs && (await areAsNoted(noted.processes, io))) return;
  await io.git.checkout(dir, from, CHECKOUT_MS);
  if (theirs && install?.from) await installInPlace(io.exec, { dir, lockHash: install.from, timeoutMs: INSTALL_MS }, signal);
  const since = io.clock.now();
  for (const { name } of noted.processes) {
    const instances = (await io.pm2.list()).filter((one) => one.name === name);
    await actOn({ name, verb: verbFor(instances, io.clock.now()) }, io, signal);
  }
  await untilStarted(noted.processes, { dir: null, since }, startingMs(noted.processes), io, signal);
}

/** Between the yes and the deed somebody may have edited: what a checkout could meet is on disk first. */
function saveLeg({ dir, from }: InPlaceWitness): Leg {
  return {
    name: SAVED,
    does: `keep local edits in ${dir} as a patch below its .git, if there are any`,
    timeoutMs: SAVE_MS,
    state: async (_witness, receipts) => (receipts[SAVED] === undefined ? 'before' : 'after'),
    async act(_witness, _receipts, io) {
      const diff = await io.git.dirtyDiff(dir, MAX_PATCH_BYTES);
      if (diff === '') return { patch: null };
      if (Buffer.byteLength(diff) >= MAX_PATCH_BYTES) throw new HypercareError('release.patch_too_large', 'permanent', `The local edits in ${dir} are more than ${MAX_PATCH_BYTES / 1_048_576} MiB`, 'Commit them, or put them aside.');
      const place = await notesDir(dir);
      await mkdir(place, { recursive: true });
      const patch = join(place, `${from.slice(0, 12)}-${io.clock.now()}.patch`);
      await writeFile(patch, diff, { mode: 0o600 });
      return { patch };
    },
  };
}

function checkoutLeg({ dir, from, to }: InPlaceWitness): Leg {
  return {
    name: CHECKED_OUT,
    does: `git checkout --detach ${to} in ${dir}, now ${from}; no hooks, nothing overwritten`,
    timeoutMs: CHECKOUT_MS,
    state: (_witness, _receipts, io) => orUnknown(io.git.head(dir).then((head) => (head === to ? 'after' : head === from ? 'before' : 'unknown'))),
    async act(_witness, _receipts, io) {
      await io.git.checkout(dir, to, CHECKOUT_MS - 5_000);
      return { dir, from, to, at: io.clock.now() };
    },
    async undo(receipt, io) {
      const done = z.object({ dir: z.string(), from: z.string() }).parse(receipt);
      await io.git.checkout(done.dir, done.from, CHECKOUT_MS - 5_000);
    },
  };
}

function installLeg({ dir }: InPlaceWitness, lockHash: string): Leg {
  return {
    name: INSTALLED,
    does: `npm ci --omit=dev in ${dir}; packages are missing while it runs`,
    timeoutMs: INSTALL_MS,
    async state() {
      const packages = await packagesIn(dir);
      if (packages !== 'broken' && packages !== 'untouched' && packages.lockHash === lockHash) return 'after';
      return (await isInstalling(dir)) ? 'moving' : 'before';
    },
    async act(_witness, _receipts, io, signal) {
      await installInPlace(io.exec, { dir, lockHash, timeoutMs: INSTALL_MS - 5_000 }, signal);
      return { at: io.clock.now() };
    },
  };
}

/** How a person would do it by hand. */
export function inPlaceByHand({ dir, from, to, install, processes }: InPlaceWitness): { readonly there: string; readonly back: string } {
  const move = (commit: string): string => [`cd ${dir}`, `git checkout --detach ${commit}`, ...(install ? ['npm ci --omit=dev'] : []), ...processes.map(({ verb, name }) => `pm2 ${verb} ${name}`)].join(' && ');
  return { there: move(to), back: move(from) };
}
