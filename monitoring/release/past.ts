import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PastRelease } from '../../src/domain/release.js';
import type { Git } from '../../src/io/git.js';
import { sha256 } from '../../src/io/hash.js';
import { releaseDir } from './layout.js';
import { lockfileAt } from './node-modules.js';

const MOST_TAGS = 30;
const MOST_DEPLOYS = 20;
const MOST_BYTES = 1024 * 1024;

/** Where an app's releases stand, as its config says. */
export interface PastPlace {
  readonly mode: 'releases' | 'in-place';
  readonly dir: string;
  readonly repo: string | null;
}

/**
 * What is known of an app's releases from before hypercare watched it: the repository's tags, and the history `pm2
 * deploy` keeps, newest first. That a commit was tagged or deployed says nothing of whether it was good, whatever the
 * tag is called: whoever may push makes tags. Reads only, and throws where the repository cannot be asked.
 */
export async function readPast({ mode, dir, repo }: PastPlace, git: Git): Promise<readonly PastRelease[]> {
  const from = mode === 'in-place' ? dir : repo;
  if (from === null) return [];
  const real = await realpath(dir).catch(() => dir);
  const past = new Map<string, Omit<PastRelease, 'dir' | 'lockHash'>>();
  for (const { name, commit, at } of await git.tags(from, MOST_TAGS)) {
    if (!past.has(commit)) past.set(commit, { commit, origin: 'tag', at, says: `tag ${name}` });
  }
  for (const commit of await deployed(real)) {
    if (!past.has(commit) && (await git.resolve(from, commit)) === commit) past.set(commit, { commit, origin: 'deploys', at: null, says: 'deployed by pm2 deploy' });
  }
  const found = [...past.values()];
  return Promise.all(found.map(async (one) => {
    const lockfile = await lockfileAt(git, from, one.commit);
    return { ...one, dir: mode === 'in-place' ? real : releaseDir(real, one.commit), lockHash: lockfile === null ? null : sha256(lockfile.text) };
  }));
}

/** Commits, the newest first. `pm2 deploy` keeps its list beside the tree; a line says deployed, and not good. */
async function deployed(dir: string): Promise<readonly string[]> {
  for (const base of [dir, dirname(dir)]) {
    const text = await readFile(join(base, '.deploys'), 'utf8').catch(() => null);
    if (text === null || text.length > MOST_BYTES) continue;
    const commits = text.split('\n').map((line) => line.trim().split(' ')[0] ?? '').filter((line) => /^[0-9a-f]{40}$/.test(line));
    return [...new Set(commits.toReversed())].slice(0, MOST_DEPLOYS);
  }
  return [];
}
