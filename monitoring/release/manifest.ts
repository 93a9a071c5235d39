import { lstat, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256OfFile } from '../../src/io/hash.js';
import { MANIFEST_FILE } from './layout.js';

/** Packages are known by the lockfile; hashing them would take as long as installing them. */
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', '.git']);
/** A release of more files is written down in part. */
const MOST_FILES = 50_000;

/** Files by their path, relative and with slashes: 'sha256 <64 hex digits>', or 'link <where it leads>'. */
type Manifest = Readonly<Record<string, string>>;

/** Writes down what was just built, as it was built. */
export async function writeManifest(dir: string): Promise<void> {
  const files: Record<string, string> = {};
  for (const path of await filesBelow(dir)) files[path] = (await stateOf(join(dir, path))) ?? '';
  await writeFile(join(dir, MANIFEST_FILE), `${JSON.stringify(files, null, 1)}\n`);
}

/** What of a release is gone, or no longer as it was built. Null: nobody wrote down how it was. */
export async function changedSinceBuilt(dir: string): Promise<{ readonly gone: readonly string[]; readonly edited: readonly string[] } | null> {
  const built = await readManifest(dir);
  if (built === null) return null;
  const [gone, edited]: string[][] = [[], []];
  for (const [path, was] of Object.entries(built)) {
    const is = await stateOf(join(dir, path));
    if (is === null) gone?.push(path);
    else if (is !== was) edited?.push(path);
  }
  return { gone: gone ?? [], edited: edited ?? [] };
}

async function readManifest(dir: string): Promise<Manifest | null> {
  try {
    return JSON.parse(await readFile(join(dir, MANIFEST_FILE), 'utf8')) as Manifest;
  } catch {
    return null; // Built by somebody else, or by hypercare before it wrote one.
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
async function stateOf(path: string): Promise<string | null> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return null;
  if (found.isSymbolicLink()) return `link ${await readlink(path)}`;
  if (!found.isFile()) return 'no file';
  const hash = await sha256OfFile(path).catch(() => undefined);
  return hash === undefined ? 'unreadable' : hash === null ? null : `sha256 ${hash}`;
}
