import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { HypercareError } from '../domain/errors.js';
import { createExec } from './exec.js';
import { record, text } from './pm2-process.js';

const RESURRECT_MS = 60_000;
/** PM2 keeps its list as JSON, with each app's whole environment: some kilobytes an app. */
const MOST_DUMP_CHARS = 64 * 1_048_576;

/** What of PM2 can be said while its daemon is dead: nothing here asks the daemon, or starts one but `resurrect`. */
export interface DeadPm2 {
  /** Pids of daemons of this home, by what they call themselves, and by the pid file while it names a living process. */
  daemons(): Promise<readonly number[]>;
  /** True where none is there and its pid file still names one. Whoever ends it in order, as `pm2 kill` does, takes the file along. */
  crashed(): Promise<boolean>;
  /** Names of the processes that `pm2 save` wrote down, each once; null where there is no list that can be read. */
  saved(): Promise<readonly string[] | null>;
  /** Runs `pm2 resurrect` with a clean environment: the daemon hands on what it has. Throws what PM2 said where it failed. */
  resurrect(signal: AbortSignal): Promise<void>;
}

export function deadPm2(home: string): DeadPm2 {
  return { daemons: () => daemonsOf(home), crashed: () => crashedIn(home), saved: () => savedIn(home), resurrect: (signal) => resurrect(home, signal) };
}

async function daemonsOf(home: string): Promise<readonly number[]> {
  const named = Number(await readFile(join(home, 'pm2.pid'), 'utf8').catch(() => ''));
  const pids = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const commands = await Promise.all(pids.map(async (pid) => ({ pid, command: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') })));
  // The pid may be another's by now; a daemon that starts has no title yet, and is some node.
  return commands.filter(({ pid, command }) => command.includes(`God Daemon (${home})`) || (pid === named && /pm2/i.test(command))).map(({ pid }) => pid);
}

async function crashedIn(home: string): Promise<boolean> {
  const named = await readFile(join(home, 'pm2.pid'), 'utf8').catch(() => '');
  return /^\d+\s*$/.test(named) && (await daemonsOf(home)).length === 0;
}

async function savedIn(home: string): Promise<readonly string[] | null> {
  const dump = await readFile(join(home, 'dump.pm2'), 'utf8').catch(() => '');
  if (dump === '' || dump.length > MOST_DUMP_CHARS) return null;
  try {
    const names = [JSON.parse(dump) as unknown].flat().map((entry) => text(record(entry)['name'])).filter((name) => name !== null);
    return names.length === 0 ? null : [...new Set(names)];
  } catch {
    return null;
  }
}

async function resurrect(home: string, signal: AbortSignal): Promise<void> {
  const bin = join(dirname(createRequire(import.meta.url).resolve('pm2/package.json')), 'bin', 'pm2');
  const env = { PM2_HOME: home, PM2_DISCRETE_MODE: 'true', PM2_DISABLE_VERSION_CHECK: 'true' };
  const { code, stderr, timedOut } = await createExec().run(process.execPath, [bin, 'resurrect'], { cwd: home, env, timeoutMs: RESURRECT_MS }, signal);
  if (code === 0) return;
  const why = timedOut ? `did not end within ${RESURRECT_MS / 1_000} s` : (stderr.trim().split('\n').at(-1) ?? '').slice(0, 300) || `ended with code ${code}`;
  throw new HypercareError('pm2.failed', 'transient', `"pm2 resurrect" for ${home} failed: ${why}`, "PM2's own log says more: pm2.log in its home.");
}
