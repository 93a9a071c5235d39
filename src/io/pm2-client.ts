import type { Clock } from './clock.js';
import type { Logger } from './log.js';
import type { Pm2, Pm2Process, Pm2Run } from './pm2.js';
import { addInstance, reloadAll, removeInstance, restartAll, stillListed, stopAll, trigger } from './pm2-acts.js';
import type { Pm2Hands } from './pm2-acts.js';
import { classifyReply, closedClient, deniedDaemon } from './pm2-errors.js';
import { openLine } from './pm2-line.js';
import type { Pm2Line } from './pm2-line.js';
import { isRunning, toProcess } from './pm2-process.js';
import { createSubscription } from './pm2-subscription.js';

export interface Pm2Options {
  /** The PM2_HOME, an absolute path. The process environment is not looked at. */
  readonly home: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** For connecting and for reading; default 5,000. */
  readonly timeoutMs?: number;
  /** For one act on one instance; default 30,000, since a reload waits for the app's own start and end. */
  readonly actTimeoutMs?: number;
}

const ALIVE_TIMEOUT_MS = 2_000;

/** The client of one PM2 home. It connects when first asked, and again after the connection was lost. */
export function createPm2(options: Pm2Options): Pm2 {
  const { home, timeoutMs = 5_000, actTimeoutMs = 30_000 } = options;
  const subscription = createSubscription(options);
  let held: Pm2Line | null = null;
  let opening: Promise<Pm2Line> | null = null;
  let closed = false;

  async function line(): Promise<Pm2Line> {
    if (closed) throw closedClient(home);
    if (held?.open) return held;
    opening ??= openLine(home, timeoutMs).finally(() => (opening = null));
    held = await opening;
    if (closed) held.close();
    return held;
  }

  const hands: Pm2Hands = {
    home,
    clock: options.clock,
    actTimeoutMs,
    list,
    call: async (method, args, ms) => (await line()).call(method, args, ms),
  };

  async function list(): Promise<readonly Pm2Process[]> {
    const raw = await hands.call('getMonitorData', [{}], timeoutMs);
    // An answer that is no list must not pass for a PM2 without processes.
    if (!Array.isArray(raw)) throw classifyReply('getMonitorData', 'its answer is no list');
    return raw.map(toProcess).filter((one) => one !== null);
  }

  return {
    home,
    alive: () => hands.call('ping', [{}], Math.min(timeoutMs, ALIVE_TIMEOUT_MS)).then(() => true, () => false),
    list,
    reload: (name, how) => reloadAll(hands, name, how),
    restart: (name, options) => restartAll(hands, name, options),
    stop: (name) => stopAll(hands, name),
    kill: (target, signal) => kill(hands, target, signal),
    trigger: (run, action) => trigger(hands, run, action),
    addInstance: (name) => addInstance(hands, name),
    removeInstance: (run) => removeInstance(hands, run),
    subscribe: (listen) => subscription.subscribe(listen),
    async close() {
      closed = true;
      subscription.close();
      held?.close();
    },
  };
}

/** The pid itself is signalled: PM2 would first ask politely, for 1.6 s, which a hung app does not hear. */
async function kill(hands: Pm2Hands, target: Pm2Run, signal: 'SIGKILL' | 'SIGTERM'): Promise<boolean> {
  const same = await stillListed(hands, target);
  if (same === null || !isRunning(same) || same.pid <= 1) return false;
  try {
    return process.kill(same.pid, signal);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ESRCH') return false;
    throw deniedDaemon(hands.home, error);
  }
}
