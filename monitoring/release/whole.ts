import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCKFILES, revisionOf } from './identify.js';
import { REVISION_FILE } from './layout.js';
import { editedSinceBuilt, goneSinceBuilt } from './manifest.js';

/** A lockfile with more packages than this is looked at in part. */
const MOST_PACKAGES = 5_000;
const NAMED = 3;

export interface Expected {
  readonly dir: string;
  /** Null: what it was built from is not known. */
  readonly commit: string | null;
  /** Files that PM2 starts, relative to it. */
  readonly entries: readonly string[];
}

/**
 * What a release lacks to be started, for people; null: nothing that can be seen without starting it. Its commit, what
 * PM2 starts, each file that hypercare built it with, and every package that its lockfile names for production.
 */
export async function missingFrom({ dir, commit, entries }: Expected): Promise<string | null> {
  if (!(await stat(dir).then((found) => found.isDirectory(), () => false))) return `${dir} is not there`;
  const revision = await revisionOf(dir);
  if (revision !== null && commit !== null && revision !== commit) return `${dir} holds ${revision.slice(0, 7)} and not ${commit.slice(0, 7)}`;
  for (const entry of entries) if (!(await there(join(dir, entry)))) return `${dir} has no ${entry}, which PM2 starts`;
  const gone = await goneSinceBuilt(dir);
  if (gone !== null && revision === null) return `${dir} was built by hypercare, and has no ${REVISION_FILE} any more`;
  if (gone !== null && gone.length > 0) return `${dir} lacks files that it was built with: ${some(gone)}`;
  const lost = await lostPackages(dir);
  return lost.length === 0 ? null : `${dir} lacks packages that its lockfile names: ${some(lost)}`;
}

/** What was edited in a release since hypercare built it, for people (“found … edited …”); null: nothing, or nobody wrote down how it was. */
export async function editedIn(dir: string): Promise<string | null> {
  const edited = (await editedSinceBuilt(dir)) ?? [];
  return edited.length === 0 ? null : `found ${some(edited)} edited since it was built`;
}

function some(names: readonly string[]): string {
  return `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''}`;
}

/** Of npm's lockfiles alone; what may be left out (for development, optional) is not missed. */
async function lostPackages(dir: string): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const path of (await packagesOf(dir)).slice(0, MOST_PACKAGES)) if (!(await there(join(dir, path, 'package.json')))) lost.push(path.replace(/^node_modules\//, ''));
  return lost;
}

async function packagesOf(dir: string): Promise<readonly string[]> {
  for (const name of LOCKFILES.filter((one) => one.endsWith('.json'))) {
    const text = await readFile(join(dir, name), 'utf8').catch(() => null);
    if (text === null) continue;
    const { packages, dependencies } = parsed(text);
    const byPath = packages ?? Object.fromEntries(Object.entries(dependencies ?? {}).map(([key, entry]) => [`node_modules/${key}`, entry]));
    return Object.entries(byPath).filter(([path, entry]) => path.startsWith('node_modules/') && isNeeded(entry)).map(([path]) => path);
  }
  return [];
}

function isNeeded(entry: unknown): boolean {
  const { dev, optional, devOptional } = (entry ?? {}) as Readonly<Record<string, unknown>>;
  return dev !== true && optional !== true && devOptional !== true;
}

function parsed(text: string): { readonly packages?: Readonly<Record<string, unknown>>; readonly dependencies?: Readonly<Record<string, unknown>> } {
  try {
    return (JSON.parse(text) ?? {}) as object;
  } catch {
    return {};
  }
}

/** Also through links: one that leads nowhere is not there. */
async function there(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}
