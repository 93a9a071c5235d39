import { z } from 'zod';
import type { Reading } from '../../src/domain/check.js';
import { descriptorShare } from '../../src/io/descriptor-use.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { standsStill } from '../../src/io/process-state.js';
import type { Probe } from './probe.js';

const options = z.strictObject({
  /** PM2 names of the processes that make up the app. */
  processes: z.array(z.string().min(1)).min(1).max(50),
});

type Options = z.output<typeof options>;

/** So many pids stand in a note. */
const MOST_PIDS = 4;
const UP: ReadonlySet<string> = new Set(['online', 'launching', 'one-launch-status']);

/**
 * What PM2 says of the app's processes, from one list.
 *
 * - Bad when a process is not listed, has an errored instance, or has no instance that is online or launching: `down`
 *   counts those names.
 * - Bad too when an instance that PM2 calls online stands still, stopped by a signal: `standing` counts those. PM2 gives
 *   a worker of a cluster that took one request and stands nothing more, so that from outside all looks well.
 * - `errored` counts the instances that PM2 gave up; one that a person stopped is not among them.
 * - A daemon that does not answer is a failed measurement (a throw), not a sick app: its processes may well serve.
 *
 * `instances` and `restarts` are sums; `memory_bytes`, `cpu_percent` (of one core) and `event_loop_p95_ms` are those of
 * the largest instance, `memory_share` of the one nearest to its own max_memory_restart (null where none is set), and
 * `uptime_ms` of the youngest; `requests_per_s` is the sum of all, null where PM2's agent counts none in one of them;
 * `descriptors_share` is that of the one which has most of the files and sockets open that it may. PM2 shows zeros for
 * what is not online; these are null here, for zero is not healthy.
 */
export const pm2: Probe<Options> = {
  kind: 'pm2',
  local: true,
  options,
  fields: ['online', 'instances', 'restarts', 'memory_bytes', 'cpu_percent', 'event_loop_p95_ms', 'uptime_ms', 'memory_share', 'errored', 'requests_per_s', 'descriptors_share', 'down', 'standing'],
  measure,
};

async function measure({ processes }: Options, io: Io): Promise<Reading> {
  const began = io.clock.monotonic();
  const listed = await io.pm2.list();
  const ms = io.clock.monotonic() - began;
  const ours = listed.filter(({ name }) => processes.includes(name));
  const online = ours.filter(({ status }) => status === 'online');
  const [shares, still] = await Promise.all([Promise.all(online.map(({ pid }) => descriptorShare(pid))), Promise.all(online.map(({ pid }) => standsStill(pid)))]);
  const standing = online.filter((_, n) => still[n]);
  const down = processes.map((name) => wrongWith(name, ours.filter((one) => one.name === name))).filter((words) => words !== null);
  const wrong = [...down, ...processes.map((name) => sayStanding(name, standing, online)).filter((words) => words !== null)];
  return {
    verdict: wrong.length === 0 ? 'good' : 'bad',
    ms,
    values: [...valuesOf(ours, io.clock.now(), shares), down.length, standing.length],
    note: wrong.length === 0 ? null : said(wrong),
  };
}

/** '1 of 2 processes of shop stands still (pid 26319 is stopped by a signal)'; null: none of that name does. */
function sayStanding(name: string, standing: readonly Pm2Process[], online: readonly Pm2Process[]): string | null {
  const pids = standing.filter((one) => one.name === name).map(({ pid }) => pid);
  const of = online.filter((one) => one.name === name).length;
  if (pids.length === 0) return null;
  const who = of === 1 ? name : `${pids.length} of ${of} processes of ${name}`;
  const which = pids.length === 1 ? `pid ${pids[0]} is` : `pids ${pids.slice(0, MOST_PIDS).join(', ')}${pids.length > MOST_PIDS ? ', …' : ''} are`;
  return `${who} ${pids.length === 1 ? 'stands' : 'stand'} still (${which} stopped by a signal)`;
}

function wrongWith(name: string, instances: readonly Pm2Process[]): string | null {
  if (instances.length === 0) return `${name} is not in PM2's list`;
  if (instances.some(({ status }) => status === 'errored')) return `${name} is errored`;
  if (instances.some(({ status }) => UP.has(status))) return null;
  return `${name} is ${instances[0]?.status ?? 'stopped'}`;
}

function said(wrong: readonly string[]): string {
  return wrong.length <= 3 ? wrong.join(', ') : `${wrong.slice(0, 3).join(', ')} and ${wrong.length - 3} more`;
}

function valuesOf(instances: readonly Pm2Process[], now: number, descriptorShares: readonly (number | null)[]): readonly (number | null)[] {
  const online = instances.filter(({ status }) => status === 'online');
  const uptimes = online.map(({ startedAt }) => -Math.max(0, now - startedAt));
  const youngest = largest(uptimes);
  return [
    online.length,
    instances.length,
    instances.reduce((sum, { restarts }) => sum + restarts, 0),
    largest(online.map(({ memoryBytes }) => memoryBytes)),
    largest(online.map(({ cpuPercent }) => cpuPercent)),
    largest(online.map(({ eventLoopP95Ms }) => eventLoopP95Ms)),
    youngest === null ? null : Math.abs(youngest),
    largest(online.map(memoryShare)),
    instances.filter(({ status }) => status === 'errored').length,
    sumOfAll(online.map(({ requestsPerS }) => requestsPerS)),
    largest(descriptorShares),
  ];
}

function memoryShare({ memoryBytes, maxMemoryRestartBytes }: Pm2Process): number | null {
  return memoryBytes === null || !maxMemoryRestartBytes ? null : memoryBytes / maxMemoryRestartBytes;
}

/** Null where one of them is not known: part of a sum is no sum. */
function sumOfAll(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return values.length === 0 || known.length < values.length ? null : Math.round(known.reduce((sum, value) => sum + value, 0) * 100) / 100;
}

function largest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
