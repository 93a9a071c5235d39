import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HypercareError } from '../../src/domain/errors.js';
import type { Json } from '../../src/domain/json.js';
import type { Io } from '../../src/io/io.js';
import { headWrittenAt, installInPlace, isInstalling, notesDir, packagesIn, packagesSince } from '../release/install-in-place.js';
import { inPlaceWitness, type InPlaceWitness } from './rollback-in-place-survey.js';
import { orUnknown, startingMs, WAY_BACK, workerLegs, type Leg } from './road.js';
import { actOn, areAsNoted, backVerb, processPosition, untilStarted, verbFor } from './road-workers.js';

const CHECKOUT_MS = 120_000;
const INSTALL_MS = 600_000;
const SAVE_MS = 60_000;
const MAX_PATCH_BYTES = 20 * 1024 * 1024;
const SAVED = 'save edits';
const CHECKED_OUT = 'check out';
const INSTALLED = 'install packages';

/** `at`: when it was noted, before anything moved; `mixed`: whether files of the target were among the others already. */
const wayBack = inPlaceWitness.extend({ at: z.number().optional(), mixed: z.boolean().optional() });
type WayBack = z.infer<typeof wayBack>;

/** Note the way back · save edits · check out · install where the lockfile differs · each process · look that all came up. */
export function inPlaceRoad(witness: InPlaceWitness): readonly Leg[] {
  const moved = [CHECKED_OUT, ...(witness.install ? [INSTALLED] : [])];
  const to = { dir: null, place: witness.dir, shown: `${witness.dir} at ${witness.to.slice(0, 7)}`, moved };
  return [wayBackLeg(witness), saveLeg(witness), checkoutLeg(witness), ...(witness.install ? [installLeg(witness, witness.install.to)] : []), ...workerLegs(witness.processes, to)];
}

/** See its like for releases: written down first, undone last, because workers follow the code. */
function wayBackLeg(witness: InPlaceWitness): Leg {
  return {
    name: WAY_BACK,
    does: `if a later step fails: git checkout --detach ${witness.from} in ${witness.dir}${witness.install ? ', npm ci' : ''}, and ${witness.processes.map((one) => one.name).join(', ')} anew`,
    timeoutMs: 3 * CHECKOUT_MS + (witness.install ? INSTALL_MS : 0) + startingMs(witness.processes),
    state: async (_witness, receipts) => (receipts[WAY_BACK] === undefined ? 'before' : 'after'),
    act: async (_witness, _receipts, io) => ({ ...witness, at: io.clock.now(), mixed: await io.git.halfDone(witness.dir, witness.to) }) as Json,
    // Where the release gone back to fails too, the newer one is no better: people decide which of the two shall run.
    undoUntil: 'done',
    undo: (receipt, io, signal) => goBack(wayBack.parse(receipt), io, signal),
  };
}

async function goBack(noted: WayBack, io: Io, signal: AbortSignal): Promise<void> {
  const { dir, from, install } = noted;
  await unmix(noted, io);
  const packages = install === null ? 'untouched' : await packagesIn(dir);
  const theirs = packages === 'broken' || (packages !== 'untouched' && packages.lockHash === install?.to);
  if ((await io.git.head(dir)) === from && !theirs && ((await areAsNoted(noted.processes, io)) || (await isBack(noted, io)))) return;
  await io.git.checkout(dir, from, CHECKOUT_MS);
  if (theirs && install?.from) await installInPlace(io.exec, { dir, lockHash: install.from, timeoutMs: INSTALL_MS }, signal);
  const since = io.clock.now();
  for (const { name } of noted.processes) {
    const instances = (await io.pm2.list()).filter((one) => one.name === name);
    await actOn({ name, verb: verbFor(instances, io.clock.now()) }, io, signal);
  }
  await untilStarted(noted.processes, { dir: null, since }, startingMs(noted.processes), io, signal);
}

/** A checkout that broke off leaves HEAD where it was, and files of both: walked to its end and back, they are of one again. */
async function unmix({ dir, from, to, mixed }: WayBack, io: Io): Promise<void> {
  if (mixed !== false || (await io.git.head(dir)) !== from || !(await io.git.halfDone(dir, to))) return;
  for (const commit of [to, from]) await io.git.checkout(dir, commit, CHECKOUT_MS);
}

/**
 * Whether a way back that was killed before its receipt had come to its end: HEAD was written since it was noted (git
 * writes it last, when the files are in place), and every worker began after that, and after the packages were there.
 */
async function isBack({ dir, at, install, processes }: WayBack, io: Io): Promise<boolean> {
  const moved = await headWrittenAt(dir);
  if (at === undefined || moved === null || moved <= at) return false;
  const since = Math.max(moved, (install && (await packagesSince(dir))) ?? 0);
  const positions = await Promise.all(processes.map(({ name }) => processPosition(name, { dir: null, since }, io)));
  return positions.every((position) => position === 'after');
}

/** Between the yes and the deed somebody may have edited: what a checkout could meet is on disk first, also what git does not know. */
function saveLeg({ dir, from }: InPlaceWitness): Leg {
  return {
    name: SAVED,
    does: `keep what is not committed in ${dir} as a patch below its .git; if it is in the way, stop at the next step`,
    timeoutMs: SAVE_MS,
    state: async (_witness, receipts) => (receipts[SAVED] === undefined ? 'before' : 'after'),
    async act(_witness, _receipts, io) {
      const diff = await io.git.dirtyDiff(dir, MAX_PATCH_BYTES);
      if (Buffer.byteLength(diff) >= MAX_PATCH_BYTES) throw new HypercareError('release.patch_too_large', 'permanent', `The local edits in ${dir} are more than ${MAX_PATCH_BYTES / 1_048_576} MiB`, 'Commit them, or put them aside.');
      const { patch: untracked, left } = await io.git.untracked(dir, MAX_PATCH_BYTES - Buffer.byteLength(diff)).catch(notListed);
      if (diff === '' && untracked === '') return { patch: null, left: [...left] };
      const place = await notesDir(dir);
      await mkdir(place, { recursive: true });
      const patch = join(place, `${from.slice(0, 12)}-${io.clock.now()}.patch`);
      // One name for what is not whole yet: what a kill leaves is written over by the next.
      const half = join(place, 'edits.part');
      await writeFile(half, diff === '' || diff.endsWith('\n') ? `${diff}${untracked}` : `${diff}\n${untracked}`, { mode: 0o600 });
      await rename(half, patch);
      return { patch, left: [...left] };
    },
  };
}

/** A checkout leaves them where they are, so that they could not be saved too is no reason to stay. */
function notListed(): { readonly patch: string; readonly left: readonly string[] } {
  return { patch: '', left: ['files that git does not know: they could not be listed'] };
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
    undoUntil: 'done',
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
  const move = (commit: string, verb: typeof backVerb): string => [`cd ${dir}`, `git checkout --detach ${commit}`, ...(install ? ['npm ci --omit=dev'] : []), ...processes.map((one) => `pm2 ${verb(one)} ${one.name}`)].join(' && ');
  return { there: move(to, ({ verb }) => verb), back: move(from, backVerb) };
}
