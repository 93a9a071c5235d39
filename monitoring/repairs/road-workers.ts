import { z } from 'zod';
import { HypercareError } from '../../src/domain/errors.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { isWithin, workingDirectory } from '../../src/io/processes.js';
import { orAborted } from './process-steps.js';
import type { StepPosition } from './repair.js';

/** One process name of the app as a rollback treats it; decided in `prepare`, since the steps choose nothing. */
export const rolledProcess = z.object({
  name: z.string(),
  mode: z.enum(['fork', 'cluster']),
  /** reload only where every worker serves: of a dead one PM2 can only make a new one. */
  verb: z.enum(['reload', 'restart']),
  /** Where below the release it works; '' at its top. */
  below: z.string(),
  instances: z.array(z.object({ pmId: z.number(), pid: z.number(), startedAt: z.number() })),
});
export type RolledProcess = z.infer<typeof rolledProcess>;

/** What must be true of a worker that runs the release in question. */
export interface Running {
  /** It works in this directory or below it, a real path; null where all releases run from the same one. */
  readonly dir: string | null;
  /** It began no earlier (wall clock, milliseconds): the code was moved then. Null: not known. */
  readonly since: number | null;
}

/** A worker that has served this long before is worth a reload; a younger one may be in the middle of a crash loop. */
const SERVES_AFTER_MS = 10_000;
/** A worker that has been up this long survived its own boot (PM2 itself takes one second for a sign of that). */
const STEADY_MS = 3_000;
const LOOK_EVERY_MS = 200;
/** So many exits while we look on are a release that cannot run. */
const HOPELESS_EXITS = 3;

/**
 * The act as it is approved. It leaves `verb` out: whether all workers of a cluster serve changes from one moment to the
 * next, so that a yes to one verb would be asked for again once they are ten seconds older.
 */
export function sayAct({ name, mode }: Pick<RolledProcess, 'name' | 'mode'>): string {
  return mode === 'fork' ? `pm2 restart ${name}` : `pm2 reload ${name}, or pm2 restart ${name} while not all of its workers serve`;
}

/** How to leave the target again by hand: its workers serve by then. */
export function backVerb({ mode }: Pick<RolledProcess, 'mode' | 'verb'>): RolledProcess['verb'] {
  return mode === 'fork' ? 'restart' : 'reload';
}

export function verbFor(instances: readonly Pm2Process[], now: number): RolledProcess['verb'] {
  const serve = instances.every((one) => one.mode === 'cluster' && one.status === 'online' && now - one.startedAt >= SERVES_AFTER_MS);
  return serve ? 'reload' : 'restart';
}

/** All of these instances have one name; there is at least one. */
export function noteProcess(instances: readonly Pm2Process[], place: Pick<RolledProcess, 'name' | 'below'>, now: number): RolledProcess {
  return { ...place, mode: instances[0]?.mode ?? 'fork', verb: verbFor(instances, now), instances: instances.map(({ pmId, pid, startedAt }) => ({ pmId, pid, startedAt })) };
}

export function actOn(process: Pick<RolledProcess, 'name' | 'verb'>, io: Io, signal: AbortSignal): Promise<void> {
  return orAborted(process.verb === 'reload' ? io.pm2.reload(process.name) : io.pm2.restart(process.name), signal);
}

/** Is every worker the very run that was noted? Then nothing has been done to them. */
export async function areAsNoted(processes: readonly RolledProcess[], io: Io): Promise<boolean> {
  const listed = await io.pm2.list();
  const noted = processes.flatMap((one) => one.instances);
  return noted.every((was) => listed.some((one) => one.pmId === was.pmId && one.pid === was.pid && one.startedAt === was.startedAt));
}

/**
 * Where a process stands on its way into a release: 'after' when all of its workers run it, also when they died of it,
 * which is for the confirmation to say. Half and half is 'before': what is left to do is the same act.
 */
export async function processPosition(name: string, wanted: Running, io: Io): Promise<StepPosition> {
  const instances = (await io.pm2.list()).filter((one) => one.name === name);
  if (instances.length === 0) return 'unknown';
  const each = await Promise.all(instances.map((one) => instancePosition(one, wanted)));
  if (each.includes('moving')) return 'moving';
  return each.every((position) => position === 'after') ? 'after' : 'before';
}

async function instancePosition(one: Pm2Process, wanted: Running): Promise<'before' | 'after' | 'moving'> {
  if (one.status === 'launching' || one.status === 'stopping' || one.status === 'waiting restart') return 'moving';
  const cwd = wanted.dir === null || one.pid === 0 ? null : await workingDirectory(one.pid);
  // The directory is proof; where there is none to see, what began after the code moved was started from it.
  if (cwd !== null) return isWithin(wanted.dir ?? '', cwd) ? 'after' : 'before';
  return wanted.since !== null && one.startedAt >= wanted.since ? 'after' : 'before';
}

/** What keeps the app from being confirmed, in words for people; null when every worker is up, steady and in place. */
export async function whatIsMissing(processes: readonly RolledProcess[], wanted: Running, io: Io): Promise<string | null> {
  const listed = await io.pm2.list();
  for (const { name, instances } of processes) {
    const now = listed.filter((one) => one.name === name);
    if (now.length < instances.length) return `PM2 lists ${now.length} of ${instances.length} instances of ${name}`;
    for (const one of now) {
      if (one.status !== 'online') return `${name} is ${one.status}`;
      if ((await instancePosition(one, wanted)) !== 'after') return `a worker of ${name} runs another release (pid ${one.pid})`;
      if (io.clock.now() - one.startedAt < STEADY_MS) return `${name} has only just started`;
    }
  }
  return null;
}

/**
 * Looks on until every worker is up and steady. Throws `release.not_up` at the deadline, and at once when a worker
 * errored or keeps exiting: the sooner it is known, the sooner the way back begins.
 */
export async function untilUp(processes: readonly RolledProcess[], wanted: Running, timeoutMs: number, io: Io, signal: AbortSignal): Promise<void> {
  const names = processes.map((one) => one.name);
  const exitsBefore = exits(await io.pm2.list(), names);
  for (let looks = Math.ceil(timeoutMs / LOOK_EVERY_MS); ; looks -= 1) {
    const missing = await whatIsMissing(processes, wanted, io);
    if (missing === null) return;
    const listed = (await io.pm2.list()).filter((one) => names.includes(one.name));
    if (listed.some((one) => one.status === 'errored')) throw notUp(`${missing}, PM2 gave it up`, names);
    if (exits(listed, names) - exitsBefore >= HOPELESS_EXITS) throw notUp(`${missing}, it keeps exiting`, names);
    if (looks <= 0) throw notUp(`${missing}, after ${Math.round(timeoutMs / 1000)} s`, names);
    await io.clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** Looks on until PM2 has started every worker from the wanted release anew, well or not. For a way back into what was sick before. */
export async function untilStarted(processes: readonly RolledProcess[], wanted: Running, timeoutMs: number, io: Io, signal: AbortSignal): Promise<void> {
  for (let looks = Math.ceil(timeoutMs / LOOK_EVERY_MS); looks > 0; looks -= 1) {
    const positions = await Promise.all(processes.map((one) => processPosition(one.name, wanted, io)));
    if (positions.every((position) => position === 'after')) return;
    await io.clock.sleep(LOOK_EVERY_MS, signal);
  }
  throw notUp(`not every worker was started again within ${Math.round(timeoutMs / 1000)} s`, processes.map((one) => one.name));
}

function exits(listed: readonly Pm2Process[], names: readonly string[]): number {
  return listed.filter((one) => names.includes(one.name)).reduce((sum, one) => sum + one.restarts, 0);
}

function notUp(what: string, names: readonly string[]): HypercareError {
  return new HypercareError('release.not_up', 'permanent', what, `Look at what it says: pm2 logs ${names[0] ?? ''}`);
}
