import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Reading } from '../../src/domain/check.js';
import { RELEASE_FIELDS, STAYS_BETWEEN, type ReleaseSighting } from '../../src/domain/release.js';
import type { Git } from '../../src/io/git.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { isWithin } from '../../src/io/processes.js';
import { identifyRelease, LOCKFILES, revisionOf, workerDirectories } from '../release/identify.js';
import { currentLink, releaseIn, releasesDir, throughCurrent } from '../release/layout.js';
import type { Probe } from './probe.js';

const options = z.strictObject({
  mode: z.enum(['releases', 'in-place']),
  /** Absolute: holds `releases/` and `current`, or is the working tree; null: wherever the workers are. */
  dir: z.string().startsWith('/').nullable(),
  /** Where releases are built from; this probe does not ask it. */
  repo: z.string().startsWith('/').nullable().default(null),
  processes: z.array(z.string().min(1)).min(1).max(50),
  /** Relative to the release; their content is part of what the release is. */
  configFiles: z.array(z.string().min(1)).max(50).default([]),
});

type Options = z.output<typeof options>;

const MAX_NOTE_CHARS = 200;
/** While a worker is younger than this, somebody may be replacing one after the other. */
const REPLACED_WITHIN_MS = 60_000;

/** PM2 has given them up, or waits, or somebody stopped them: they work in no directory any more. */
const FALLEN: ReadonlySet<string> = new Set(['errored', 'stopped', 'waiting restart']);

/** A reason, for people, why it cannot be told what runs. */
interface Untold {
  readonly untold: string;
  /** Workers of two releases are there: those of the older one, where that can be told. One is being replaced by the other, or they were forgotten. */
  readonly between?: readonly Pm2Process[];
}

/**
 * Which release the app's online workers run from, by the directory each of them really works in.
 *
 * What stands on disk is what runs only if it stood there when the workers began. HEAD that was moved since (pulled,
 * but not restarted), and lockfiles or configuration written since, make the reading unknown, without a sighting: the
 * release that was seen before still runs, and the next restart will bring another. So do workers in two directories
 * or started from two commits, as in the middle of a reload, and one outside of where the app's releases stand: a worker
 * that begins may be in PM2's own directory for a moment. Unknown, rather than a guess: a sighting opens a launch.
 * A release that dies at its boot leaves no worker to be seen: then it is what stood where PM2 started them the last
 * time. `started_at` is when the first of them began, in milliseconds; `between` is 1 while workers of two releases are
 * there, those too that fell: in the middle of a reload to a release that dies at its boot the older ones answer alone;
 * 2 where none of them began in the last minute: nobody is at it, and the note says what is left behind and what to do.
 * The reflog counts in seconds, so a move in the very second of a start counts as before it.
 */
export const release: Probe<Options> = { kind: 'release', local: true, options, fields: RELEASE_FIELDS, measure };

async function measure(sought: Options, io: Io): Promise<Reading> {
  const listed = await io.pm2.list();
  const ours = listed.filter(({ name }) => sought.processes.includes(name));
  const online = ours.filter(({ status, pid }) => status === 'online' && pid > 0);
  const fallen = ours.filter(({ status, startedAt }) => FALLEN.has(status) && startedAt > 0);
  const workers = online.length > 0 ? online : fallen;
  const told = await identifyWorkers(workers, sought, io.git);
  const seen = online.length > 0 ? ((await fellElsewhere(fallen, told, sought)) ?? (await startedElsewhere([...online, ...fallen], sought, io.git)) ?? told) : told;
  const startedAt = workers.length === 0 ? null : Math.min(...workers.map((worker) => worker.startedAt));
  const stays = 'between' in seen && fallen.length === 0 && online.every((worker) => io.clock.now() - worker.startedAt > REPLACED_WITHIN_MS);
  const found = { ms: null, values: [online.length, startedAt, stays ? STAYS_BETWEEN : 'between' in seen ? 1 : 0] };
  return 'untold' in seen
    ? { ...found, verdict: 'unknown', note: (stays ? `${seen.untold}; ${whatToDo(seen.between ?? [], sought)}` : seen.untold).slice(0, MAX_NOTE_CHARS) }
    : { ...found, verdict: 'good', note: null, sighting: { ...seen } };
}

/** What is left of the older release, and how it comes along. PM2 starts again what it was told to start: through the link it comes to the live release. */
function whatToDo(left: readonly Pm2Process[], { mode, dir }: Options): string {
  const names = [...new Set(left.map(({ name }) => name))];
  const stuck = mode === 'releases' && dir !== null ? left.find(({ cwd }) => throughCurrent(dir, cwd) === null) : undefined;
  if (stuck && dir !== null) return `delete ${stuck.name} in PM2, and start it once with cwd ${currentLink(dir)}`;
  return names.length === 0 ? 'have PM2 reload all of them' : `what was left behind follows with: ${names.map((name) => `pm2 reload ${name}`).join(' && ')}`;
}

async function identifyWorkers(workers: readonly Pm2Process[], sought: Options, git: Git): Promise<ReleaseSighting | Untold> {
  const place = workers.every(({ status }) => FALLEN.has(status)) ? await directoryOfFallen(workers, sought) : await directoryOf(workers, sought);
  if ('untold' in place) return place;
  const { dir } = place;
  const startedAt = Math.min(...workers.map((worker) => worker.startedAt));
  const { configFiles } = sought;
  const pids = oldestOfEach(workers).filter((pid) => pid > 0);
  const sighting = await identifyRelease(dir, { configFiles, nodeVersion: workers[0]?.nodeVersion ?? null, startedAt, ...(pids.length > 0 ? { pids } : {}) }, git);
  return (await headMoved(dir, sighting.commit, git)) ?? (await writtenSince(dir, [...LOCKFILES, ...configFiles], startedAt)) ?? sighting;
}

/** One worker of each process: they may have different variables, and those of one process have the same. */
function oldestOfEach(workers: readonly Pm2Process[]): readonly number[] {
  const oldest = new Map(workers.toSorted((a, b) => b.startedAt - a.startedAt).map(({ name, pid }) => [name, pid]));
  return [...oldest.values()];
}

/** The one release directory all workers are in. */
async function directoryOf(workers: readonly Pm2Process[], sought: Options): Promise<{ readonly dir: string } | Untold> {
  if (workers.length === 0) return { untold: 'no worker is online' };
  const rootOf = await rootsOf(sought);
  const cwds = await workerDirectories(workers.map(({ pid }) => pid));
  const places = new Map<string, Pm2Process[]>();
  for (const worker of workers) {
    const cwd = cwds.get(worker.pid) ?? null;
    if (cwd === null) return { untold: 'a worker ended while it was looked at' };
    if (cwd.endsWith(' (deleted)')) return { untold: 'a worker runs from a directory that was removed' };
    const root = rootOf(cwd, worker.execPath);
    if (root === null) return { untold: `a worker runs from elsewhere: ${cwd}` };
    places.set(root, [...(places.get(root) ?? []), worker]);
  }
  const [dir, other] = places.keys();
  if (dir !== undefined && other === undefined) return { dir };
  const live = sought.dir === null ? null : await realOf(currentLink(sought.dir));
  return { untold: `its workers run ${places.size === 2 ? 'two' : places.size} releases: ${[...places].map(([place, those]) => sayPlace(place, those)).join(', ')}`, between: [...places].flatMap(([place, those]) => (place === live ? [] : those)) };
}

function sayPlace(place: string, workers: readonly Pm2Process[]): string {
  return `${[...new Set(workers.map(({ name }) => name))].join(' and ')} from ${basename(place)}`;
}

/** Among workers that are well, one that was started from where the link leads now, and fell: that release is going live, and the others are what is left of the one before. */
async function fellElsewhere(fallen: readonly Pm2Process[], online: ReleaseSighting | Untold, { mode, dir }: Options): Promise<Untold | null> {
  if (mode === 'in-place' || dir === null || 'untold' in online) return null;
  const link = currentLink(dir);
  const movedAt = await lstat(link).then(({ ctimeMs }) => ctimeMs, () => Number.POSITIVE_INFINITY);
  if (!fallen.some(({ startedAt }) => startedAt >= movedAt) || (await realOf(link)) === (await realOf(online.dir))) return null;
  return { untold: 'workers of the release that goes live fell, and those of the one before still run', between: [] };
}

/** In one tree the first and the last worker were started from two commits: PM2 starts what crashed from whatever stands there by then. */
async function startedElsewhere(workers: readonly Pm2Process[], { mode, dir }: Options, git: Git): Promise<Untold | null> {
  if (mode !== 'in-place' || dir === null || workers.length < 2 || (await revisionOf(dir)) !== null) return null;
  const starts = workers.map(({ startedAt }) => startedAt);
  const [first, last] = [await git.head(dir, Math.min(...starts)), await git.head(dir, Math.max(...starts))];
  if (first === null || last === null || first === last) return null;
  const left = await Promise.all(workers.map(async (worker) => ((await git.head(dir, worker.startedAt)) === last ? [] : [worker])));
  return { untold: `its processes run two releases: the first of them ${first.slice(0, 7)}, the last to start ${last.slice(0, 7)}`, between: left.flat() };
}

/** Where workers that are gone were started: by the link, if it has not been moved since, or in the one tree. */
async function directoryOfFallen(workers: readonly Pm2Process[], { mode, dir }: Options): Promise<{ readonly dir: string } | Untold> {
  if (workers.length === 0 || dir === null) return { untold: 'no worker is online' };
  if (mode === 'in-place') return { dir };
  const link = currentLink(dir);
  const movedAt = await lstat(link).then(({ ctimeMs }) => ctimeMs, () => Number.POSITIVE_INFINITY);
  if (movedAt > Math.min(...workers.map(({ startedAt }) => startedAt))) return { untold: 'no worker is online, and the live release changed after the last of them began' };
  return { dir: await realOf(link) };
}

/** The release that a worker in `cwd` runs; null: none of this app. */
type RootOf = (cwd: string, script: string | undefined) => string | null;

/** A worker may work below its release; in a working tree also elsewhere, where PM2 was told to start a script of the tree. */
async function rootsOf({ mode, dir }: Options): Promise<RootOf> {
  if (dir === null) return (cwd) => cwd;
  if (mode === 'in-place') {
    const tree = await realOf(dir);
    return (cwd, script) => (isWithin(tree, cwd) || (script !== undefined && (isWithin(dir, script) || isWithin(tree, script))) ? tree : null);
  }
  const [releases, current] = await Promise.all([realOf(releasesDir(dir)), realOf(currentLink(dir))]);
  return (cwd) => releaseIn(releases, cwd) ?? (isWithin(current, cwd) ? current : null);
}

/** Nothing is below a path that is not there. */
async function realOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

/** A built release says its commit itself; a working tree's HEAD may be another than when the first worker began. */
async function headMoved(dir: string, commit: string | null, git: Git): Promise<Untold | null> {
  if ((await revisionOf(dir)) !== null) return null;
  const now = await git.head(dir);
  if (now === commit) return null;
  const runs = commit === null ? 'what runs is not recorded' : `${commit.slice(0, 7)} runs`;
  return { untold: `HEAD moved to ${now?.slice(0, 7) ?? 'nothing'} after the workers started; ${runs}` };
}

async function writtenSince(dir: string, files: readonly string[], startedAt: number): Promise<Untold | null> {
  for (const file of files) {
    const writtenAt = await stat(join(dir, file)).then(({ mtimeMs }) => mtimeMs, () => 0);
    if (writtenAt > startedAt) return { untold: `${file} was changed after the workers started` };
  }
  return null;
}
