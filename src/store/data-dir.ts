import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { HypercareError } from '../domain/errors.js';

/** Makes the directory in which all is kept where it is missing. Throws `store.dir`, which names it and says what to do. */
export function makeDataDir(dir: string): void {
  try {
    makeEach(dir);
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new HypercareError('store.dir', 'permanent', `the data directory ${dir} ${unusable(error)}`, DATA_DIR_MEND, { cause: error });
  }
}

/** One directory below the other: in /proc, where none can be made, Node's own recursive mkdir never ends. */
function makeEach(dir: string): void {
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && statSync(dir).isDirectory()) return;
    if (codeOf(error) !== 'ENOENT' || existsSync(dirname(dir))) throw error;
    makeEach(dirname(dir));
    makeEach(dir);
  }
}

/** Why that directory could not be used or made, for whoever only looks; null: it can. */
export function dataDirProblem(dir: string): string | null {
  try {
    if (!statSync(dir).isDirectory()) return `${dir} is no directory. ${DATA_DIR_MEND}`;
    accessSync(dir, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    const above = dirname(dir);
    if (codeOf(error) === 'ENOENT' && above !== dir) return dataDirProblem(above);
    return `${dir} ${unusable(error)}. ${DATA_DIR_MEND}`;
  }
}

const DATA_DIR_MEND = 'Let the user that hypercare runs as write there (chown, chmod), or name another directory: data_dir in hypercare.yaml, or HYPERCARE_HOME.';

function unusable(error: unknown): string {
  return `cannot be written (${codeOf(error)})`;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}
