import { setTimeout as delay } from 'node:timers/promises';
import { HypercareError } from '../domain/errors.js';
import type { Clock } from './clock.js';
import type { Pm2Process, Pm2Run, ReloadOptions } from './pm2.js';
import { busyDaemon, ownProcess, unknownProcess } from './pm2-errors.js';
import { releaseReloadLock, takeReloadLock } from './pm2-reload-lock.js';

/** What the acts need of the client. */
export interface Pm2Hands {
  readonly home: string;
  readonly clock: Clock;
  /** For one act on one instance, and for waiting until PM2 is free. */
  readonly actTimeoutMs: number;
  list(): Promise<readonly Pm2Process[]>;
  call(method: string, args: readonly unknown[], timeoutMs: number): Promise<unknown>;
}

const BUSY_RETRY_MS = 250;

/**
 * The instances of one process name, to be acted upon by their ids. PM2's own choice is not used: it falls back from
 * names to namespaces, script paths, patterns and 'all'.
 */
export async function instancesOf(hands: Pm2Hands, name: string): Promise<readonly Pm2Process[]> {
  const listed = await hands.list();
  const instances = name === 'all' ? [] : listed.filter((one) => one.name === name);
  if (instances.length === 0) throw unknownProcess(name, [...new Set(listed.map((one) => one.name))]);
  if (instances.some((one) => one.pid === process.pid)) throw ownProcess(name);
  return instances;
}

/** One instance after the other. With an empty `env` the apps keep the environment they have. */
export async function restartAll(hands: Pm2Hands, name: string, { pmId }: Pick<ReloadOptions, 'pmId'> = {}): Promise<void> {
  for (const instance of (await instancesOf(hands, name)).filter((one) => pmId === undefined || pmId === one.pmId)) {
    await restartOne(hands, instance);
    await announce(hands, instance.pmId, 'restart');
  }
}

/**
 * PM2 refuses what is just being restarted, be it by somebody else or, in a fast crash loop, by its own timer between our
 * stop and our start. A run that began meanwhile is what was asked for; else it is asked again, at most for `actTimeoutMs`.
 */
async function restartOne(hands: Pm2Hands, { pmId, startedAt }: Pm2Process): Promise<void> {
  let between = false;
  for (let left = Math.ceil(hands.actTimeoutMs / BUSY_RETRY_MS); ; left -= 1) {
    const failure = between ? busyDaemon(`PM2 is at work on process ${pmId}`) : await hands.call('restartProcessId', [{ id: pmId, env: {} }], hands.actTimeoutMs).then(() => null, asOurs);
    if (failure === null) return;
    if (failure.code !== 'pm2.busy' || left === 0) throw failure;
    await delay(BUSY_RETRY_MS);
    const now = (await hands.list()).find((one) => one.pmId === pmId);
    if (now?.status === 'online' && now.startedAt !== startedAt) return;
    between = now?.status === 'stopping' || now?.status === 'launching';
  }
}

export async function stopAll(hands: Pm2Hands, name: string): Promise<void> {
  for (const { pmId } of await instancesOf(hands, name)) {
    // Else a watched app is started again by the next change of a file.
    await hands.call('stopWatch', ['stopProcessId', pmId], hands.actTimeoutMs);
    await hands.call('stopProcessId', [pmId], hands.actTimeoutMs);
    await announce(hands, pmId, 'stop');
  }
}

/**
 * Waits, at most `actTimeoutMs`, while another reload is under way. If the process was started anew meanwhile the
 * other one did what was asked, and reloading once more would be an act too many: `pm2.busy`.
 */
export async function reloadAll(hands: Pm2Hands, name: string, options: ReloadOptions = {}): Promise<void> {
  const wanted = async (): Promise<readonly Pm2Process[]> => (await instancesOf(hands, name)).filter(({ pmId }) => options.pmId === undefined || pmId === options.pmId);
  const first = await wanted();
  let instances = first;
  for (let left = Math.ceil(hands.actTimeoutMs / BUSY_RETRY_MS); ; left -= 1) {
    const busy = await reloadOnce(hands, instances, changed(options));
    if (busy === null) return;
    if (left === 0) throw busy;
    await delay(BUSY_RETRY_MS);
    instances = await wanted();
    if (runs(instances) !== runs(first)) throw busyDaemon(`somebody else reloaded or restarted "${name}" just now`);
  }
}

/** PM2 takes an app's changed declaration under this key, and leaves its environment as it was. */
function changed({ maxMemoryRestartBytes }: ReloadOptions): unknown {
  return maxMemoryRestartBytes === undefined ? {} : { current_conf: { max_memory_restart: maxMemoryRestartBytes } };
}

/** Null when done, the error when PM2 was busy before anything was reloaded. */
async function reloadOnce(hands: Pm2Hands, instances: readonly Pm2Process[], env: unknown): Promise<HypercareError | null> {
  if (!(await takeReloadLock(hands.home, hands.clock.now()))) return busyDaemon('a reload is in progress in this PM2');
  for (const [done, { pmId }] of instances.entries()) {
    const failure = await hands.call('reloadProcessId', [{ id: pmId, env }], hands.actTimeoutMs).then(() => null, asOurs);
    // An unanswered reload may still be under way, so its lock is left to run out.
    if (failure?.code === 'pm2.timeout') throw failure;
    if (failure !== null) await releaseReloadLock(hands.home);
    if (failure?.code === 'pm2.busy' && done === 0) return failure;
    if (failure !== null) throw failure;
    await announce(hands, pmId, 'reload');
  }
  await releaseReloadLock(hands.home);
  return null;
}

export async function trigger(hands: Pm2Hands, run: Pm2Run, action: string): Promise<boolean> {
  if ((await stillListed(hands, run)) === null) return false;
  await hands.call('msgProcess', [{ id: run.pmId, msg: action }], hands.actTimeoutMs);
  return true;
}

/** PM2 gives the copy an id and a NODE_APP_INSTANCE of its own. */
export async function addInstance(hands: Pm2Hands, name: string): Promise<void> {
  const [first] = await instancesOf(hands, name);
  if (first !== undefined) await hands.call('duplicateProcessId', [first.pmId], hands.actTimeoutMs);
}

export async function removeInstance(hands: Pm2Hands, run: Pm2Run): Promise<boolean> {
  if ((await stillListed(hands, run)) === null) return false;
  await hands.call('deleteProcessId', [run.pmId], hands.actTimeoutMs);
  return true;
}

/** The process while PM2 lists this very run of it. */
export async function stillListed(hands: Pm2Hands, run: Pm2Run): Promise<Pm2Process | null> {
  const same = (await hands.list()).find((one) => one.pmId === run.pmId && one.pid === run.pid && one.startedAt === run.startedAt) ?? null;
  if (same?.pid === process.pid) throw ownProcess(same.name);
  return same;
}

/** PM2's clients tell the other listeners on the bus afterwards; what was done is done when this fails. */
async function announce(hands: Pm2Hands, pmId: number, act: string): Promise<void> {
  await hands.call('notifyByProcessId', [{ id: pmId, action_name: act, manually: true }], hands.actTimeoutMs).catch(() => undefined);
}

function runs(instances: readonly Pm2Process[]): string {
  return instances.map((one) => `${one.pmId}:${one.startedAt}`).join();
}

function asOurs(thrown: unknown): HypercareError {
  if (thrown instanceof HypercareError) return thrown;
  throw thrown;
}
