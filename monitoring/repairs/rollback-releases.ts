import { realpath } from 'node:fs/promises';
import { z } from 'zod';
import type { Json } from '../../src/domain/json.js';
import { releaseName, type Release } from '../../src/domain/release.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { buildRelease, isBuilt, planBuild, type BuildPlan } from '../release/build.js';
import { revisionOf } from '../release/identify.js';
import { currentLink, releaseOf, throughCurrent } from '../release/layout.js';
import { readCurrent, switchCurrent } from '../release/switch.js';
import { startingMs, WAY_BACK, workerLegs, orUnknown, type Leg } from './rollback-road.js';
import { actOn, areAsNoted, processPosition, rolledProcess, untilStarted, verbFor, type RolledProcess } from './rollback-workers.js';

const buildSchema = z.object({
  base: z.string(),
  repo: z.string(),
  commit: z.string(),
  dir: z.string(),
  modules: z.discriminatedUnion('kind', [z.object({ kind: z.literal('none') }), z.object({ kind: z.literal('copy'), from: z.string() }), z.object({ kind: z.literal('install') })]),
  links: z.array(z.object({ name: z.string(), text: z.string() })),
  entries: z.array(z.string()),
});

/** What was true when the rollback was prepared, where releases stand side by side. */
export const releasesWitness = z.object({
  mode: z.literal('releases'),
  base: z.string(),
  /** Directories `current` leads to, now and afterwards; real paths. */
  from: z.string(),
  to: z.string(),
  build: buildSchema.nullable(),
  processes: z.array(rolledProcess),
});
export type ReleasesWitness = z.infer<typeof releasesWitness>;

/** npm and what compiles for it; minutes were measured where a native module is built. */
const BUILD_MS = 600_000;
const SWITCH_MS = 10_000;
const SWITCHED = 'switch current';

export interface Survey {
  readonly base: string;
  readonly repo: string | null;
  readonly from: Release;
  readonly to: Release;
  readonly names: readonly string[];
  readonly listed: readonly Pm2Process[];
}

/** Reads only; the witness, or why it cannot be done, in plain words. */
export async function surveyReleases(survey: Survey, io: Io): Promise<ReleasesWitness | { readonly refused: string }> {
  const { from, to } = survey;
  const base = await realpath(survey.base).catch(() => survey.base);
  const current = await readCurrent(base);
  if (current === null) return { refused: `${currentLink(base)} is not there, so nothing says what is live` };
  if ((releaseOf(base, from.dir) ?? from.dir) !== current.dir) return { refused: `${currentLink(base)} leads to ${current.dir}, but what runs was seen in ${from.dir}: somebody is releasing, or the link was moved by hand` };
  const { processes, entries, refused } = rolledProcesses(survey, base, io.clock.now());
  if (refused !== null) return { refused };
  const place = await findTarget({ ...survey, base }, { like: current.dir, entries }, io);
  if ('refused' in place) return place;
  if (place.dir === current.dir) return { refused: `${releaseName(to)} is the directory that is live; the two differ outside of it only (configuration, lockfile)` };
  return { mode: 'releases', base, from: current.dir, to: place.dir, build: place.build, processes };
}

async function findTarget(survey: Survey, running: { readonly like: string; readonly entries: readonly string[] }, io: Io): Promise<{ readonly dir: string; readonly build: ReleasesWitness['build'] } | { readonly refused: string }> {
  const { base, repo, to } = survey;
  const kept = await realpath(to.dir).catch(() => null);
  if (kept !== null) {
    const revision = await revisionOf(kept);
    const same = revision === null || to.commit === null || revision === to.commit;
    return same ? { dir: releaseOf(base, kept) ?? kept, build: null } : { refused: `${kept} was ${releaseName(to)}, but holds ${revision.slice(0, 7)} by now` };
  }
  if (to.commit === null || repo === null) return { refused: `The directory of ${releaseName(to)} (${to.dir}) is gone, and there is no repository to build it from again` };
  const commit = await io.git.resolve(repo, to.commit);
  if (commit === null) return { refused: `The directory of ${releaseName(to)} is gone, and ${repo} does not have its commit; git fetch may bring it` };
  const plan = await planBuild({ base, repo, commit, ...running }, io);
  if ('refused' in plan) return plan;
  return { dir: plan.dir, build: (await isBuilt(plan)) ? null : buildSchema.parse(plan) };
}

interface Rolled {
  readonly processes: RolledProcess[];
  readonly entries: readonly string[];
  readonly refused: string | null;
}

/** PM2 follows the link only for what it was told to start through it; anything else would start the same release again. */
function rolledProcesses({ base: given, names, listed }: Survey, base: string, now: number): Rolled {
  const processes: RolledProcess[] = [];
  const entries = new Set<string>();
  const link = currentLink(given);
  for (const name of names) {
    const instances = listed.filter((one) => one.name === name);
    const [first] = instances;
    if (!first) return { processes, entries: [], refused: `PM2 lists no process named "${name}"` };
    const below = throughCurrent(given, first.cwd) ?? throughCurrent(base, first.cwd);
    if (below === null) return { processes, entries: [], refused: `PM2 starts "${name}" in ${first.cwd} and not through ${link}, so it would start the same release again; delete it and start it once with cwd ${link}` };
    if (releaseOf(given, first.execPath) !== null || releaseOf(base, first.execPath) !== null) return { processes, entries: [], refused: `PM2 starts "${name}" from ${first.execPath} and not through ${link}, so it would start the same release again; delete it and start it once with its script below ${link}` };
    const entry = throughCurrent(given, first.execPath) ?? throughCurrent(base, first.execPath);
    if (entry !== null && !entry.startsWith('node_modules/')) entries.add(entry);
    processes.push({ name, verb: verbFor(instances, now), below, instances: instances.map(({ pmId, pid, startedAt }) => ({ pmId, pid, startedAt })) });
  }
  return { processes, entries: [...entries], refused: null };
}

/** Build where it is missing · note the way back · switch the link · each process · look that all came up. */
export function releasesRoad(witness: ReleasesWitness): readonly Leg[] {
  const to = { dir: witness.to, shown: witness.to, moved: [SWITCHED] };
  return [...(witness.build ? [buildLeg(witness.build)] : []), wayBackLeg(witness), switchLeg(witness), ...workerLegs(witness.processes, to)];
}

function buildLeg(plan: BuildPlan): Leg {
  const modules = { none: 'no packages needed', copy: `copy node_modules of ${plan.modules.kind === 'copy' ? plan.modules.from : ''}`, install: 'npm ci --omit=dev' }[plan.modules.kind];
  const links = plan.links.length > 0 ? `; symlink ${plan.links.map(({ name, text }) => `${name} → ${text}`).join(', ')}` : '';
  return {
    name: `build ${plan.commit.slice(0, 7)}`,
    does: `git archive ${plan.commit} of ${plan.repo} → ${plan.dir}${links}; ${modules}`,
    timeoutMs: BUILD_MS,
    state: async () => ((await isBuilt(plan)) ? 'after' : 'before'),
    async act(_witness, _receipts, io, signal) {
      await buildRelease(plan, BUILD_MS - SWITCH_MS, io, signal);
      return { dir: plan.dir };
    },
    // No undo: a directory more beside the live one harms nothing, and the next attempt finds it built.
  };
}

/**
 * Written down before anything moves, and undone last, after the link is back: workers follow the link, so going back
 * has the same order as going there, and not the reverse. It also covers a step whose receipt a crash swallowed.
 */
function wayBackLeg(witness: ReleasesWitness): Leg {
  return {
    name: WAY_BACK,
    does: `if a later step fails: ${currentLink(witness.base)} → ${witness.from}, and ${witness.processes.map((one) => one.name).join(', ')} anew`,
    timeoutMs: startingMs(witness.processes),
    state: async (_witness, receipts) => (receipts[WAY_BACK] === undefined ? 'before' : 'after'),
    act: async () => witness as Json,
    async undo(receipt, io, signal) {
      const noted = releasesWitness.parse(receipt);
      await switchCurrent(noted.base, { from: noted.to, to: noted.from });
      const wanted = { dir: noted.from, since: io.clock.now() };
      const moved: RolledProcess[] = [];
      for (const process of noted.processes) {
        if ((await areAsNoted([process], io)) || (await processPosition(process.name, { ...wanted, since: null }, io)) === 'after') continue;
        moved.push(process);
        const instances = (await io.pm2.list()).filter((one) => one.name === process.name);
        await actOn({ name: process.name, verb: verbFor(instances, io.clock.now()) }, io, signal);
      }
      await untilStarted(moved, wanted, startingMs(noted.processes), io, signal);
    },
  };
}

function switchLeg({ base, from, to }: ReleasesWitness): Leg {
  return {
    name: SWITCHED,
    does: `rename ${currentLink(base)} → ${to}, now ${from}`,
    timeoutMs: SWITCH_MS,
    state: () => orUnknown(readCurrent(base).then((now) => (now?.dir === to ? 'after' : now?.dir === from ? 'before' : 'unknown'))),
    async act(_witness, _receipts, io) {
      // Before the rename: PM2 may start a worker from the new target the moment after it.
      const at = io.clock.now();
      await switchCurrent(base, { from, to });
      return { base, from, to, at };
    },
    async undo(receipt) {
      const done = z.object({ base: z.string(), from: z.string(), to: z.string() }).parse(receipt);
      await switchCurrent(done.base, { from: done.to, to: done.from });
    },
  };
}

/** How a person would do it by hand. */
export function releasesByHand({ base, from, to, processes }: ReleasesWitness): { readonly there: string; readonly back: string } {
  const point = (dir: string): string => `ln -sfn ${dir} ${currentLink(base)} && ${processes.map(({ verb, name }) => `pm2 ${verb} ${name}`).join(' && ')}`;
  return { there: point(to), back: point(from) };
}
