import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock } from '../../src/io/clock.js';
import { type Checkout, OWN } from './own-processes.js';

/** One of our two that runs on although the PM2 daemon which started it is dead. */
export interface LeftOver {
  readonly name: string;
  readonly pid: number;
}

/** What PM2 gives them to end in order (ecosystem.config.js), and a little more. */
const END_WITHIN_MS = 12_000;
const LOOK_EVERY_MS = 100;

/**
 * Found by what PM2 wrote into their environment: this checkout's script, and a pid file in this PM2 home. A name proves
 * nothing, and what a living daemon started is its own. Processes of other users cannot be seen.
 */
function leftOvers({ root, pm2Home }: Checkout): readonly LeftOver[] {
  const found = pidsHere().flatMap((pid) => {
    const own = OWN.find(({ script }) => join(root, script) === variable(pid, 'pm_exec_path'));
    const home = dirname(dirname(variable(pid, 'pm_pid_path') ?? ''));
    return own && home === pm2Home && parentOf(pid) !== daemonPid(pm2Home) ? [{ name: own.name, pid }] : [];
  });
  return found.sort((a, b) => OWN.findIndex(({ name }) => name === a.name) - OWN.findIndex(({ name }) => name === b.name));
}

/** Asks each to stop as PM2 would, and kills what does not in time. Looks anew before it signals: a pid may be another's by then. */
export async function endLeftOvers(checkout: Checkout): Promise<readonly LeftOver[]> {
  const found = leftOvers(checkout);
  signal(found, 'SIGINT');
  const still = (): readonly LeftOver[] => leftOvers(checkout).filter(({ pid }) => found.some((one) => one.pid === pid));
  const deadline = systemClock.monotonic() + END_WITHIN_MS;
  while (still().length > 0 && systemClock.monotonic() < deadline) await systemClock.sleep(LOOK_EVERY_MS);
  signal(still(), 'SIGKILL');
  return found;
}

function signal(these: readonly LeftOver[], how: 'SIGINT' | 'SIGKILL'): void {
  for (const { pid } of these) {
    try {
      process.kill(pid, how);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function pidsHere(): readonly number[] {
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).map(Number);
}

/** A variable of the process's environment as it was started with; null where it has none, has ended, or is not ours to see. */
function variable(pid: number, name: string): string | null {
  const line = read(`/proc/${pid}/environ`).split('\0').find((one) => one.startsWith(`${name}=`));
  return line === undefined ? null : line.slice(name.length + 1);
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1]);
}

/** As the daemon wrote it down; a dead one's number is nobody's parent. */
function daemonPid(home: string): number {
  return Number(read(join(home, 'pm2.pid')));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
