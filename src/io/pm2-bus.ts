import { maskForeign } from './mask.js';
import type { Pm2Event, Pm2Process } from './pm2.js';
import { number, record, text } from './pm2-process.js';

/** The topics that are read; everything else on the bus (all logs of all apps) is dropped unparsed. */
export const READ_TOPICS: readonly string[] = ['process:event', 'process:exception', 'log:PM2'];

/** Turns one packet of the bus into what it means, null when it means nothing new. */
export type ReadPacket = (topic: string, packet: unknown) => Pm2Event | null;

/**
 * Names one run of a process: an id and the start of the run. Neither PM2's `unique_id` (all instances of a cluster
 * share one) nor its restart counter (it stands still when a stopped process is started) would do.
 */
export function exitKey(run: Pick<Pm2Process, 'pmId' | 'startedAt'>): string {
  return `exit:${run.pmId}:${run.startedAt}`;
}

/** So many exits are remembered, so as to tell the second packet of a deliberate stop from a new exit. */
const REMEMBERED_EXITS = 500;
const MAX_EXCEPTION_CHARS = 600;
/** From PM2's word that a process is over its memory to that run's end; a reload first waits for the new worker. */
const MEMORY_RESTART_MS = 60_000;

/** Keeps what has to be carried from packet to packet: which signal ended whom, who was over its memory, which exits were told. */
export function createPacketReader(): ReadPacket {
  const signals = new Map<number, string | null>();
  const exceededAt = new Map<number, number>();
  const told = new Set<string>();

  function readDaemonLog(line: string, at: number): null {
    const ended = readDeath(line);
    if (ended !== null) signals.set(ended.pmId, ended.signal);
    const exceeded = /Process (\d{1,9}) restarted because it exceeds --max-memory-restart/.exec(line);
    if (exceeded !== null) exceededAt.set(Number(exceeded[1]), at);
    return null;
  }

  function readExit(run: Run, at: number): Pm2Event | null {
    const { pmId, name, code } = run;
    const dedupe = exitKey(run);
    if (told.has(dedupe)) return null;
    told.add(dedupe);
    if (told.size > REMEMBERED_EXITS) told.delete(told.values().next().value ?? '');
    const signal = signals.get(pmId) ?? null;
    const overMemory = at - (exceededAt.get(pmId) ?? -Infinity) < MEMORY_RESTART_MS;
    signals.delete(pmId);
    exceededAt.delete(pmId);
    return { kind: 'exit', name, pmId, at, manual: run.status === 'stopping' && !overMemory, code, signal, overMemory, dedupe };
  }

  return function readPacket(topic, raw) {
    const packet = record(raw);
    const at = number(packet['at']);
    if (at === null) return null;
    // Any app can send packets of any topic; the sender's name is PM2's own word.
    if (topic === 'log:PM2') return record(packet['process'])['pm_id'] === 'PM2' ? readDaemonLog(text(packet['data']) ?? '', at) : null;
    const run = readRun(packet['process']);
    if (run === null) return null;
    if (topic === 'process:exception') return readException(run, at, packet['data']);
    if (topic !== 'process:event') return null;
    const { name, pmId, startedAt } = run;
    if (packet['event'] === 'exit') return readExit(run, at);
    if (packet['event'] === 'online') return { kind: 'online', name, pmId, at, dedupe: `online:${pmId}:${startedAt}` };
    if (packet['event'] === 'restart overlimit') return { kind: 'overlimit', name, pmId, at, dedupe: `overlimit:${pmId}:${startedAt}` };
    return null;
  };
}

interface Run {
  readonly name: string;
  readonly pmId: number;
  readonly startedAt: number;
  readonly status: string | null;
  readonly code: number | null;
}

/** The worker that a reload replaces is called '_old_3' until it is gone. */
function readRun(raw: unknown): Run | null {
  const process = record(raw);
  const id = /^(?:_old_)?(\d{1,9})$/.exec(String(process['pm_id']));
  const name = text(process['name']);
  if (id === null || name === null) return null;
  return { name, pmId: Number(id[1]), startedAt: number(process['pm_uptime']) ?? 0, status: text(process['status']), code: number(process['exit_code']) };
}

/** A killed process shows exit code 0 everywhere; only this line of the daemon tells the signal. PM2 writes SIGINT where there was none. */
function readDeath(line: string): { readonly pmId: number; readonly signal: string | null } | null {
  const death = /^App \[.*:(?:_old_)?(\d{1,9})\] exited with code \[-?\d+\] via signal \[(\w+)\]/.exec(line);
  if (death === null) return null;
  return { pmId: Number(death[1]), signal: death[2] === undefined || death[2] === 'SIGINT' ? null : death[2] };
}

/** The text is the app's own: what looks like a secret is taken out before it is shortened, because half of one looks like none. */
function readException(run: Run, at: number, data: unknown): Pm2Event {
  const { stack, message } = record(data);
  const told = text(stack) ?? text(message) ?? 'an exception without text';
  const { name, pmId } = run;
  return { kind: 'exception', name, pmId, at, text: maskForeign(told.slice(0, 2 * MAX_EXCEPTION_CHARS)).slice(0, MAX_EXCEPTION_CHARS), dedupe: `exception:${pmId}:${at}` };
}
