import { readFile } from 'node:fs/promises';
import { environmentOf } from './processes.js';

const MOST_NAMES = 300;
const MOST_BYTES = 262_144;
/** Variables of apps are written like this; what PM2 adds of its own to a worker's environment is not. */
const NAME = /^[A-Z][A-Z0-9_]*$/;
/** Of the shell, the session, Node's cluster and PM2: they say nothing of the app. */
const NOT_OF_APP = /^(?:PATH|HOME|PWD|OLDPWD|SHLVL|USER|LOGNAME|SHELL|TERM|LANG|LANGUAGE|HOSTNAME|MAIL|DISPLAY|EDITOR|VISUAL|PAGER|COLUMNS|LINES|LS_COLORS|COLORTERM|TMPDIR|INVOCATION_ID|JOURNAL_STREAM|NODE_CHANNEL_.*|NODE_UNIQUE_ID|NODE_APP_INSTANCE|NODE|INIT_CWD|(?:LC|SSH|XDG|DBUS|SUDO|PM2|SYSTEMD|NVM)_.*|PM2)$/;

/**
 * Names of the variables that workers have, from their environments and from the dotenv files they read, sorted; never a
 * value. Null where none of them can be seen.
 */
export async function environmentNames(pids: readonly number[], files: readonly string[]): Promise<readonly string[] | null> {
  const running = (await Promise.all(pids.map(environmentOf))).filter((found) => found !== null);
  const written = await Promise.all(files.map(dotenvNames));
  if (running.length === 0 && written.every((names) => names === null)) return null;
  const names = [...running.flatMap((found) => Object.keys(found)), ...written.flatMap((found) => found ?? [])].filter((name) => NAME.test(name) && !NOT_OF_APP.test(name));
  return [...new Set(names)].sort().slice(0, MOST_NAMES);
}

/** Null where it is not there, or is no dotenv file. */
async function dotenvNames(file: string): Promise<readonly string[] | null> {
  if (!/(?:^|\/)\.env(?:\.|$)|\.env$/.test(file)) return null;
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null || text.length > MOST_BYTES) return null;
  return [...text.matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*[=:]/gm)].map(([, name]) => name as string);
}
