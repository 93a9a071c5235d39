import { readFile } from 'node:fs/promises';

/** What a process has used so far, and holds now. */
export interface Usage {
  /** User and system time of all of its threads, milliseconds; the kernel counts in tens of them. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** The kernel's clock tick for user programs is 10 ms on every Linux that Node runs on. */
const TICK_MS = 10;
/** Fields of /proc/<pid>/stat behind the name, which may itself hold spaces and brackets. */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** Reads /proc, so it works on Linux alone. */
export async function usageOf(pid: number): Promise<Usage> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const rssKiB = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  return { cpuMs: (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) * TICK_MS, rssBytes: rssKiB * 1_024 };
}
