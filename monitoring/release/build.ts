import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { HypercareError } from '../../src/domain/errors.js';
import type { Io } from '../../src/io/io.js';
import { isWithin } from '../../src/io/processes.js';
import { revisionOf } from './identify.js';
import { BUILT_FILE, releaseDir, releasesDir, REVISION_FILE, temporaryDir } from './layout.js';
import { writeManifest } from './manifest.js';
import { makeModules, planModules, type ModulesPlan } from './node-modules.js';
import { noRoomFor } from './room.js';
import { sweep } from './sweep.js';

/** Everything a build will do, decided before: the build itself makes no choice. Plain JSON, since a witness carries it. */
export interface BuildPlan {
  readonly base: string;
  readonly repo: string;
  readonly commit: string;
  readonly dir: string;
  readonly modules: ModulesPlan;
  /** Symlinks at the top of the running release that lead out of it (`.env` → `../../shared/.env`), made here too. */
  readonly links: readonly { readonly name: string; readonly text: string }[];
  /** Files PM2 starts, relative to the release: a build without them is no release. */
  readonly entries: readonly string[];
}

export interface BuildWish {
  readonly base: string;
  readonly repo: string;
  readonly commit: string;
  /** The directory of the running release: its symlinks and, where the lockfile is equal, its node_modules are taken over. */
  readonly like: string | null;
  readonly entries: readonly string[];
}

/** An entry file is read to see that it is there; one larger than this is no script. */
const MAX_ENTRY_BYTES = 64 * 1024 * 1024;

/** Reads only. Refuses what would build a release that cannot start. */
export async function planBuild(wish: BuildWish, io: Pick<Io, 'git' | 'exec'>): Promise<BuildPlan | { readonly refused: string }> {
  const { base, repo, commit, like, entries } = wish;
  const name = commit.slice(0, 7);
  for (const entry of entries) {
    if ((await io.git.read(repo, commit, entry, MAX_ENTRY_BYTES)) !== null) continue;
    return { refused: `${name} cannot be built: PM2 starts ${entry}, which is not in the repository (hypercare runs no build of the app's own)` };
  }
  const alone = like === null ? [] : await ownSettings(like, (file) => io.git.read(repo, commit, file, MAX_ENTRY_BYTES));
  if (alone.length > 0) {
    return { refused: `${name} cannot be built: the running release has ${alone.join(', ')} outside of git; keep such files in ${join(base, 'shared')} and symlink them` };
  }
  const modules = await planModules(io.git, { base, repo, commit, first: like });
  if ('refused' in modules) return { refused: `${name} cannot be built: ${modules.refused}` };
  const full = (await isBuilt({ dir: releaseDir(base, commit), commit })) ? null : await noRoomFor({ base, repo, commit, like, modules }, io);
  if (full !== null) return { refused: `${name} cannot be built: ${full}` };
  return { base, repo, commit, dir: releaseDir(base, commit), modules, links: like === null ? [] : await outwardLinks(like), entries };
}

/**
 * Steps: take away what killed builds left · export beside · symlinks · node_modules · look for what PM2 starts · write
 * down its files · mark it as built by us · write REVISION · rename. The live release is never touched; a kill at any point leaves either no release or a whole one,
 * and the same build can be run again. Throws; `signal` and the deadline end the children too.
 */
export async function buildRelease(plan: BuildPlan, timeoutMs: number, io: Pick<Io, 'git' | 'exec' | 'clock'>, signal: AbortSignal): Promise<void> {
  if (await isBuilt(plan)) return;
  if (await lstat(plan.dir).catch(() => null)) {
    throw new HypercareError('release.dir_taken', 'permanent', `${plan.dir} is there, but its ${REVISION_FILE} does not say ${plan.commit.slice(0, 7)}`, 'Look at it; if nobody needs it, remove it and try again.');
  }
  const endsAt = io.clock.monotonic() + timeoutMs;
  const left = (): number => Math.max(1, endsAt - io.clock.monotonic());
  await mkdir(releasesDir(plan.base), { recursive: true });
  await sweep(plan.base);
  const beside = temporaryDir(plan.base, plan.commit, { pid: process.pid, unique: randomBytes(6).toString('hex') });
  try {
    await io.git.export(plan.repo, plan.commit, beside, left());
    for (const { name, text } of plan.links) await linkIfAbsent(text, join(beside, name));
    signal.throwIfAborted();
    await makeModules(io.exec, { dir: beside, known: plan.dir, plan: plan.modules, timeoutMs: left() }, signal);
    await requireEntries(plan, beside);
    await writeManifest(beside);
    await writeFile(join(beside, BUILT_FILE), `${JSON.stringify({ version: 1, commit: plan.commit, builtAt: io.clock.now() })}\n`);
    await writeFile(join(beside, REVISION_FILE), `${plan.commit}\n`);
    signal.throwIfAborted();
    await rename(beside, plan.dir);
  } catch (error) {
    await rm(beside, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    if (await isBuilt(plan)) return; // Another build of the same commit was faster; they are alike.
    throw error;
  }
}

/** A whole directory of that commit: REVISION is written last. */
export async function isBuilt({ dir, commit }: Pick<BuildPlan, 'dir' | 'commit'>): Promise<boolean> {
  return (await revisionOf(dir)) === commit;
}

async function requireEntries(plan: BuildPlan, beside: string): Promise<void> {
  for (const entry of plan.entries) {
    if (await lstat(join(beside, entry)).catch(() => null)) continue;
    throw new HypercareError('release.no_entry', 'permanent', `${plan.commit.slice(0, 7)} was built, but without ${entry}, which PM2 starts`, 'Build it the way the app is deployed.');
  }
}

/** Dotenv files that lie in the running release as they are, and that the commit does not bring along. */
async function ownSettings(dir: string, atCommit: (file: string) => Promise<string | null>): Promise<readonly string[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const alone: string[] = [];
  for (const { name } of entries.filter((entry) => entry.isFile() && /^\.env(\.|$)/.test(entry.name))) {
    if ((await atCommit(name)) === null) alone.push(name);
  }
  return alone;
}

/** One that the commit itself holds is as it should be. */
async function linkIfAbsent(text: string, path: string): Promise<void> {
  await symlink(text, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

async function outwardLinks(dir: string): Promise<BuildPlan['links']> {
  const links: { name: string; text: string }[] = [];
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (!entry.isSymbolicLink() || entry.name === 'node_modules') continue;
    const text = await readlink(join(dir, entry.name));
    const leadsTo = resolve(dir, text);
    if (isWithin(dir, leadsTo)) continue;
    // A relative one leads to the same place from every release, since they are siblings.
    links.push({ name: entry.name, text: isAbsolute(text) ? text : relative(join(dirname(dir), 'any'), leadsTo) });
  }
  return links;
}
