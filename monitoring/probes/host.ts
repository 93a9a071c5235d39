import { availableParallelism, loadavg } from 'node:os';
import { z } from 'zod';
import { DESCRIPTORS_PERCENT, FEW_INODES, MEMORY_END_PERCENT, MEMORY_PERCENT, STALLED_PERCENT } from '../../src/domain/host-limits.js';
import { fileSystemOf, type FileSystem } from '../../src/io/file-system.js';
import { kernelText, memoryUse, numbersIn, type MemoryUse } from './host-memory.js';
import { logSize } from './log-size.js';
import type { Probe } from './probe.js';

/** Log directories are walked so often at most; between, their size is null. */
const LOGS_EVERY_MS = 15 * 60_000;
const MIB = 1_048_576;

/** What of `host:` it reads; the rest is for the detector and the repairs. */
const options = z.looseObject({
  everyMs: z.number(),
  /** A disk is bad that is so full and has less than this left. */
  diskPercent: z.number(),
  diskFreeBytes: z.number(),
  /** Whose disks are looked at, absolute. */
  dirs: z.array(z.string()),
  logDirs: z.array(z.string()),
});

type Options = z.output<typeof options>;

/**
 * The machine that hypercare runs on, from /proc and statfs: no child is started, and what a system or a container does
 * not tell is null. Bad only where apps are hurt, or will be within minutes; the rest is for the detector.
 *
 * `cpu_pressure` and `memory_pressure` are the share of the last minute in which something waited for a core, and in
 * which everything waited for memory (PSI). `disk_…` are those of the fullest disk, `disk_of` and `inodes_of` its place
 * among the options' directories. `machine_ms` counts since boot, sleep included, `own_ms` is our own steady clock.
 */
export const host: Probe<Options> = {
  kind: 'host',
  local: true,
  options,
  fields: [
    'cpu_pressure', 'load_per_core', 'memory_percent', 'memory_pressure', 'swap_percent', 'swapped_pages', 'oom_kills',
    'disk_percent', 'disk_free_bytes', 'disk_of', 'inodes_percent', 'free_inodes', 'inodes_of', 'descriptors_percent', 'log_bytes', 'machine_ms', 'own_ms',
  ],
  async measure(asked, io, signal) {
    const own = io.clock.monotonic();
    const memory: MemoryNow = { ...memoryUse(), stalled: pressure('memory', 'full') };
    const kernel = numbersIn(kernelText('/proc/vmstat'));
    const descriptors = descriptorsNow();
    const disks = await disksOf(asked.dirs);
    // One that is short of room is worse than one that is fuller and large.
    const disk = worst(disks, ({ percent, freeBytes }) => percent + (freeBytes < asked.diskFreeBytes ? 100 : 0));
    const files = worst(disks, ({ inodesPercent }) => inodesPercent);
    const logs = isLogTurn(io.clock.now(), asked.everyMs) ? await logSize(asked.logDirs, signal) : null;
    const swapped = kernel.has('pswpin') ? (kernel.get('pswpin') ?? 0) + (kernel.get('pswpout') ?? 0) : null;
    const wrong = [...diskTrouble(disks, asked), ...memoryTrouble(memory), ...(descriptors !== null && descriptors >= DESCRIPTORS_PERCENT ? [`${descriptors} % of the file descriptors are open`] : [])];
    return {
      verdict: wrong.length === 0 ? 'good' : 'bad',
      ms: null,
      values: [
        pressure('cpu', 'some'), Math.round(((loadavg()[0] ?? 0) / availableParallelism()) * 100) / 100, memory.percent, memory.stalled, memory.swapPercent, swapped, kernel.get('oom_kill') ?? null,
        disk?.percent ?? null, disk?.freeBytes ?? null, disk?.at ?? null, files?.inodesPercent ?? null, files?.freeInodes ?? null, files?.at ?? null, descriptors, logs, uptimeMs(), Math.round(own),
      ],
      note: wrong.length === 0 ? null : wrong.join('; ').slice(0, 200),
    };
  },
};

/** How much of the last minute, in per cent; null where the kernel does not tell. */
function pressure(what: 'cpu' | 'memory', who: 'some' | 'full'): number | null {
  const average = new RegExp(`^${who} .*avg60=([\\d.]+)`, 'm').exec(kernelText(`/proc/pressure/${what}`))?.[1];
  return average === undefined ? null : Number(average);
}

interface MemoryNow extends MemoryUse {
  readonly stalled: number | null;
}

function memoryTrouble({ percent, stalled }: MemoryNow): readonly string[] {
  if (percent === null || percent < MEMORY_PERCENT || (percent < MEMORY_END_PERCENT && (stalled ?? 0) < STALLED_PERCENT)) return [];
  return [`memory ${percent} % used${stalled === null ? '' : `, and ${stalled} % of the time everything waits for it`}`];
}

type Disk = FileSystem & { readonly at: number; readonly dir: string };

/** Each file system once, by the first directory that stands on it. */
async function disksOf(dirs: readonly string[]): Promise<readonly Disk[]> {
  const all = await Promise.all(dirs.map(fileSystemOf));
  const seen = all.flatMap((one, at) => (one === null ? [] : [{ ...one, at, dir: dirs[at] as string }]));
  return seen.filter(({ device }, n) => seen.findIndex((other) => other.device === device) === n);
}

function worst(disks: readonly Disk[], of: (disk: Disk) => number | null): Disk | null {
  return disks.reduce<Disk | null>((so, disk) => (of(disk) !== null && (so === null || (of(disk) ?? 0) > (of(so) ?? 0)) ? disk : so), null);
}

function diskTrouble(disks: readonly Disk[], { diskPercent, diskFreeBytes }: Options): readonly string[] {
  return disks.flatMap(({ percent, freeBytes, inodesPercent, freeInodes, dir }) => [
    ...(percent >= diskPercent && freeBytes < diskFreeBytes ? [`the disk of ${dir} is ${percent.toFixed(1)} % full, ${Math.round(freeBytes / MIB)} MiB free`] : []),
    ...(inodesPercent !== null && inodesPercent >= diskPercent && (freeInodes ?? 0) < FEW_INODES ? [`the disk of ${dir} can hold only ${freeInodes} more files`] : []),
  ]);
}

/** Of all processes together; each has a limit of its own besides. */
function descriptorsNow(): number | null {
  const [used, , most] = kernelText('/proc/sys/fs/file-nr').trim().split(/\s+/).map(Number);
  return used === undefined || most === undefined || !(most > 0) ? null : Math.round((used / most) * 1_000) / 10;
}

function uptimeMs(): number | null {
  const seconds = Number.parseFloat(kernelText('/proc/uptime'));
  return Number.isFinite(seconds) ? Math.round(seconds * 1_000) : null;
}

/** The first reading of each quarter of an hour: nothing has to be remembered between two. */
function isLogTurn(now: number, everyMs: number): boolean {
  return Math.floor(now / LOGS_EVERY_MS) !== Math.floor((now - everyMs) / LOGS_EVERY_MS);
}
