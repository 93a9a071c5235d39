import { lstat, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256OfFile } from '../../src/io/hash.js';
import { MANIFEST_FILE } from './layout.js';

/** Packages are known by the lockfile; hashing them would take as long as installing them. */
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', '.git']);
/** A release of more files is written down in part. */
const MOST_FILES = 50_000;
/** Of a larger file, and of what comes after so many bytes, only the size is noted: nobody waits for a rollback while pictures are hashed. */
const LARGE_BYTES = 1024 * 1024;
const MOST_HASHED_BYTES = 256 * 1024 * 1024;

/** Files by their path, relative and with slashes: 'sha256 <64 hex digits>', 'size <bytes>', or 'link <where it leads>'. */
type Manifest = Record<string, string>;

/** Writes down what was just built, as it was built. */
export async function writeManifest(dir: string): Promise<void> {
  const files: Manifest = {};
  let hashed = 0;
  for (const path of await filesBelow(dir)) {
    const { size } = await lstat(join(dir, path));
    const bySize = size > LARGE_BYTES || hashed + size > MOST_HASHED_BYTES;
    if (!bySize) hashed += size;
    files[path] = (await stateOf(join(dir, path), bySize)) ?? '';
  }
  await writeFile(join(dir, MANIFEST_FILE), `${JSON.stringify(files, null, 1)}\n`);
}

/** Files that a release was built with and that are gone. Null: nobody wrote down how it was. */
export async function goneSinceBuilt(dir: string): Promise<readonly string[] | null> {
  const built = await readManifest(dir);
  if (built === null) return null;
  const gone: string[] = [];
  for (const path of Object.keys(built)) if (!(await lstat(join(dir, path)).catch(() => null))) gone.push(path);
  return gone;
}

/** Files of a release that are there, and not as they were built. Null: nobody wrote down how they were. */
export async function editedSinceBuilt(dir: string): Promise<readonly string[] | null> {
  const built = await readManifest(dir);
  if (built === null) return null;
  const edited: string[] = [];
  for (const [path, was] of Object.entries(built)) {
    const is = await stateOf(join(dir, path), was.startsWith('size '));
    if (is !== null && is !== was) edited.push(path);
  }
  return edited;
}

/** Null: built by somebody else, or by hypercare before it wrote one; or nobody can read it. */
async function readManifest(dir: string): Promise<Manifest | null> {
  try {
    const entries = Object.entries(JSON.parse(await readFile(join(dir, MANIFEST_FILE), 'utf8')) as object);
    return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string') ? Object.fromEntries(entries) : null;
  } catch {
    return null;
  }
}

async function filesBelow(dir: string): Promise<readonly string[]> {
  const found: string[] = [];
  const visit = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(dir, below), { withFileTypes: true })) {
      if (LEFT_OUT.has(entry.name) || found.length >= MOST_FILES) continue;
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile() || entry.isSymbolicLink()) found.push(path);
    }
  };
  await visit('');
  return found.sort();
}

/** Null where it is gone. */
async function stateOf(path: string, bySize: boolean): Promise<string | null> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return null;
  if (found.isSymbolicLink()) return `link ${await readlink(path)}`;
  if (!found.isFile()) return 'no file';
  if (bySize) return `size ${found.size}`;
  const hash = await sha256OfFile(path).catch(() => undefined);
  return hash === undefined ? 'unreadable' : hash === null ? null : `sha256 ${hash}`;
}
