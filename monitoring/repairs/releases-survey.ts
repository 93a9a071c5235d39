import { realpath } from 'node:fs/promises';
import { z } from 'zod';
import { releaseName, type Release } from '../../src/domain/release.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { isBuilt, planBuild } from '../release/build.js';
import { revisionOf } from '../release/identify.js';
import { currentLink, releaseOf, throughCurrent } from '../release/layout.js';
import { readCurrent } from '../release/switch.js';
import { unlisted } from './process-plan.js';
import { noteProcess, rolledProcess, type RolledProcess } from './road-workers.js';

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
  /** What is looked at before anything is switched; absent in what an older version prepared. */
  look: z.object({ commit: z.string().nullable(), entries: z.array(z.string()), configFiles: z.array(z.string()), nodeVersion: z.string().nullable() }).optional(),
  /** Only of a deploy: it is also gone back from where fresh readings show that the app is not well. */
  onTrial: z.literal(true).optional(),
  /** Only of a deploy: releases of ours that are removed first. */
  removes: z.array(z.string()).optional(),
  /** Only of a deploy with a declared smoke check: what is started. Its environment is in memory alone. */
  smoke: z.object({ command: z.array(z.string()), path: z.string(), timeoutMs: z.number() }).optional(),
});
export type ReleasesWitness = z.infer<typeof releasesWitness>;

export interface Survey {
  readonly base: string;
  readonly repo: string | null;
  readonly from: Release;
  readonly to: Pick<Release, 'commit' | 'dir'>;
  readonly names: readonly string[];
  readonly listed: readonly Pm2Process[];
  readonly configFiles: readonly string[];
}

/** Reads only; the witness, or why it cannot be done, in plain words. */
export async function surveyReleases(survey: Survey, io: Io): Promise<ReleasesWitness | { readonly refused: string }> {
  const { from, to } = survey;
  const base = await realpath(survey.base).catch(() => survey.base);
  const current = await readCurrent(base);
  if (current === null) return { refused: `${currentLink(base)} is not there, so nothing says what is live; correct the release's dir in the config, or make that link to the live release` };
  if ((releaseOf(base, from.dir) ?? from.dir) !== current.dir) return { refused: `${currentLink(base)} leads to ${current.dir}, but what runs was seen in ${from.dir}: somebody is releasing, or the link was moved by hand` };
  const { processes, entries, refused } = rolledProcesses(survey, base, io.clock.now());
  if (refused !== null) return { refused };
  const place = await findTarget({ ...survey, base }, { like: current.dir, entries }, io);
  if ('refused' in place) return place;
  if (place.dir === current.dir) return { refused: `${releaseName(to)} is the directory that is live; the two differ outside of it only (configuration, lockfile)` };
  const nodeVersion = survey.listed.find(({ name }) => survey.names.includes(name))?.nodeVersion ?? null;
  const look = { commit: to.commit, entries: [...entries], configFiles: [...survey.configFiles], nodeVersion };
  return { mode: 'releases', base, from: current.dir, to: place.dir, build: place.build, processes, look };
}

async function findTarget(survey: Survey, running: { readonly like: string; readonly entries: readonly string[] }, io: Io): Promise<{ readonly dir: string; readonly build: ReleasesWitness['build'] } | { readonly refused: string }> {
  const { base, repo, to } = survey;
  const kept = await realpath(to.dir).catch(() => null);
  if (kept !== null) {
    const revision = await revisionOf(kept);
    const same = revision === null || to.commit === null || revision === to.commit;
    return same ? { dir: releaseOf(base, kept) ?? kept, build: null } : { refused: `${kept} was ${releaseName(to)}, but holds ${revision.slice(0, 7)} by now` };
  }
  if (to.commit === null || repo === null) return { refused: `${to.dir} of ${releaseName(to)} is not there, and there is no repository to build it from` };
  const commit = await io.git.resolve(repo, to.commit);
  if (commit === null) return { refused: `${to.dir} of ${releaseName(to)} is not there, and ${repo} does not have its commit; git fetch may bring it` };
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
    if (!first) return { processes, entries: [], refused: unlisted(name) };
    const below = throughCurrent(given, first.cwd) ?? throughCurrent(base, first.cwd);
    if (below === null) return { processes, entries: [], refused: `PM2 starts "${name}" in ${first.cwd} and not through ${link}, so it would start the same release again; delete it and start it once with cwd ${link}` };
    if (releaseOf(given, first.execPath) !== null || releaseOf(base, first.execPath) !== null) return { processes, entries: [], refused: `PM2 starts "${name}" from ${first.execPath} and not through ${link}, so it would start the same release again; delete it and start it once with its script below ${link}` };
    const entry = throughCurrent(given, first.execPath) ?? throughCurrent(base, first.execPath);
    if (entry !== null && !entry.startsWith('node_modules/')) entries.add(entry);
    processes.push(noteProcess(instances, { name, below }, now));
  }
  return { processes, entries: [...entries], refused: null };
}
