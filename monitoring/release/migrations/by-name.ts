import { basename } from 'node:path';
import type { Tree } from '../tree.js';
import type { Located } from './tool.js';

const SCRIPT = /\.([cm]?[jt]s|sql)$/;
/** Written beside scripts by compilers; they migrate nothing. */
const NO_SCRIPT = /\.d\.[cm]?ts$|\.map$/;

/** The file whose name without its ending is that of the migration, whatever it was compiled from, in whatever directory. */
export async function locateByName(name: string, tree: Tree): Promise<Located | null> {
  const stem = name.replace(SCRIPT, '');
  const found = (await tree.paths()).filter((path) => path.includes(stem) && !NO_SCRIPT.test(path) && SCRIPT.test(path) && basename(path).replace(SCRIPT, '') === stem);
  // Of a source and what was compiled from it the shorter path is the source.
  const [path] = found.toSorted((a, b) => a.length - b.length);
  return path === undefined ? null : { path, label: basename(path) };
}
