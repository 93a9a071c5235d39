import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const MOST_LEVELS = 12;
const MOST_PACKAGE_BYTES = 1_048_576;

/** Where an app's code stands, and which packages it names. */
export interface AppPackage {
  /** The directory of its package.json. */
  readonly root: string;
  readonly packages: readonly string[];
}

/**
 * The package.json nearest to a directory, at it or above; null where there is none that can be read. One that neither
 * has a name nor names packages only says of what type the files beside it are, as compilers leave it in `dist`: it
 * counts where there is no other.
 */
export async function packageAt(dir: string): Promise<AppPackage | null> {
  let marker: AppPackage | null = null;
  let at = dir;
  for (let level = 0; level < MOST_LEVELS; level += 1, at = dirname(at)) {
    const read = await readPackage(join(at, 'package.json'));
    if (read !== null && (read.named || read.packages.length > 0)) return { root: at, packages: read.packages };
    if (read !== null) marker ??= { root: at, packages: [] };
    if (at === dirname(at)) break;
  }
  return marker;
}

async function readPackage(file: string): Promise<{ readonly named: boolean; readonly packages: readonly string[] } | null> {
  try {
    if ((await stat(file)).size > MOST_PACKAGE_BYTES) return null;
    const { name, dependencies, optionalDependencies } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const packages = [dependencies, optionalDependencies].flatMap((listed) => (listed !== null && typeof listed === 'object' ? Object.keys(listed) : []));
    return { named: typeof name === 'string', packages };
  } catch {
    return null;
  }
}

const CODE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const NOT_ITS_OWN: ReadonlySet<string> = new Set(['node_modules', '.git', 'public', 'static', 'coverage', 'test', 'tests']);
const MOST_FILES = 2_000;
const MOST_FILE_BYTES = 524_288;
const MOST_DEPTH = 8;

/** By its name: something that an app runs or is built from. */
export function isCode(name: string): boolean {
  return CODE.test(name);
}

/**
 * Which of the words, or patterns, stand in the app's own code. `whole` is false where there is more code than is looked through: then
 * a word that was not found may be there all the same.
 */
export async function wordsInCode<W extends string | RegExp>(root: string, words: readonly W[], signal?: AbortSignal): Promise<{ readonly found: readonly W[]; readonly whole: boolean }> {
  const found = new Set<W>();
  const dirs: { readonly dir: string; readonly depth: number }[] = [{ dir: root, depth: 0 }];
  let files = 0;
  let whole = true;
  for (let next = dirs.shift(); next !== undefined && found.size < words.length; next = dirs.shift()) {
    signal?.throwIfAborted();
    const { dir, depth } = next;
    for (const entry of await readdir(dir, { withFileTypes: true }).catch(() => [])) {
      const path = join(dir, entry.name);
      if (entry.isDirectory() && !NOT_ITS_OWN.has(entry.name)) depth < MOST_DEPTH ? dirs.push({ dir: path, depth: depth + 1 }) : (whole = false);
      if (!entry.isFile() || !isCode(entry.name)) continue;
      if ((files += 1) > MOST_FILES || (await stat(path).catch(() => ({ size: 0 }))).size > MOST_FILE_BYTES) {
        whole = false;
        continue;
      }
      const text = await readFile(path, 'utf8').catch(() => '');
      for (const word of words) if (typeof word === 'string' ? text.includes(word) : word.test(text)) found.add(word);
    }
  }
  return { found: [...found], whole };
}
