import { opendir, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorText, HypercareError } from '../../src/domain/errors.js';
import { isCode, packageAt } from '../../src/io/app-code.js';
import { inodeOf, type HeldDir } from '../../src/io/held-dir.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';

/** In an app's own directory these alone may be cleaned: what is called so is made anew. */
const SCRATCH = /^(?:logs?|te?mp|\.?caches?)$/i;
/** Where one of these stands, code stands. */
const MARKS: readonly string[] = ['package.json', '.git', 'node_modules'];

const MOST_NAMES = 200_000;

type Started = Pick<Pm2Process, 'name' | 'cwd' | 'execPath'>;

/**
 * Why a directory is the code of something that PM2 runs, watched or not; null: it is not. The config names releases
 * only, and an app without them runs from a directory that nobody but PM2 knows: its script and package.json are old,
 * closed, and gone at the next start. Throws where PM2 cannot be asked: what is not known is not touched.
 */
export async function codeAt(held: HeldDir, io: Pick<Io, 'pm2'>): Promise<string | null> {
  const listed = await io.pm2.list().catch((error: unknown) => {
    throw new HypercareError('files.unknown', 'transient', `cannot be told from the code of apps, because PM2 cannot be asked: ${errorText(error)}`, 'Ask again when PM2 answers.');
  });
  for (const one of listed) {
    for (const dir of await codeDirs(one)) {
      if (await meets(held, dir)) return `is, holds or lies in the code of ${one.name}, which PM2 runs from ${dir}: there, only directories named tmp, logs or cache may be named, with no code in them`;
    }
  }
  return null;
}

/** Where it was started, where its script stands, and where its package.json does. Everything lies in /, so that says nothing. */
async function codeDirs({ cwd, execPath }: Started): Promise<readonly string[]> {
  const named = [cwd, dirname(execPath)].filter((dir) => dir.startsWith('/'));
  const roots = await Promise.all(named.map((dir) => packageAt(dir)));
  return [...new Set([...named, ...roots.flatMap((one) => one?.root ?? [])])].filter((dir) => dir !== '/');
}

async function meets(held: HeldDir, dir: string): Promise<boolean> {
  const code = await lineageOf(dir);
  const [own, root] = [held.lineage.at(-1), code.at(-1)];
  if (root === undefined) return false;
  if (own !== undefined && code.includes(own)) return true;
  const at = held.lineage.lastIndexOf(root);
  if (at === -1) return false;
  const below = held.path.split('/').slice(at + 1); // The lineage begins with /, and so does the split path.
  return !below.some((name) => SCRATCH.test(name)) || below.some((name) => MARKS.includes(name)) || (await hasCode(held));
}

/** A module may be called cache or logs too: 'src/cache'. A directory with more names than this is not looked through, and so is code. */
async function hasCode(held: HeldDir): Promise<boolean> {
  let looked = 0;
  for await (const { name } of await opendir(held.place)) if ((looked += 1) > MOST_NAMES || MARKS.includes(name) || isCode(name)) return true;
  return false;
}

/** It and all above it, by their real path; empty where it is not there. */
async function lineageOf(dir: string): Promise<readonly string[]> {
  const real = await realpath(dir).catch((error: { readonly code?: unknown }) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (real === null) return [];
  const above = real.split('/').map((_name, n, names) => names.slice(0, n + 1).join('/') || '/');
  return Promise.all(above.map(async (path) => inodeOf(await stat(path, { bigint: true }))));
}
