import { sayBytes } from '../../src/domain/bytes.js';
import type { Sample } from '../../src/domain/check.js';
import type { Severity } from '../../src/domain/finding.js';
import { DESCRIPTORS_PERCENT, FEW_INODES, MEMORY_END_PERCENT, MEMORY_PERCENT, STALLED_PERCENT } from '../../src/domain/host-limits.js';
import { valueNamed } from '../../src/domain/series.js';
import type { Side } from '../../src/domain/streak.js';
import type { HostOptions } from './host-options.js';

/** One reading of the host, its values by name. */
export type Values = (name: string) => number | null;

/** A value that is too high: when, how bad, since how long it must be so, and how it is said. */
export interface Level {
  /** The kind of incident. */
  readonly kind: string;
  /** By the machine's own uptime, so that neither a step of the clock nor a sleep makes it long. */
  forMs(rule: HostOptions): number;
  side(values: Values, rule: HostOptions, open: boolean): Side;
  severity(values: Values): Severity;
  title(values: Values, rule: HostOptions): string;
  more(values: Values): readonly string[];
}

/** An open one ends only this many points below where it began. */
const GAP = 2;
/** So full, the next write may fail. */
const LAST_PERCENT = 99;
const MEMORY_FOR_MS = 60_000;
const CPU_PERCENT = 90;
/** A long build is no trouble; half an hour in which something always waits is. */
const CPU_FOR_MS = 30 * 60_000;

const diskFull: Level = {
  kind: 'host-disk-full',
  forMs: () => 0,
  side: (values, rule, open) => both(above(values('disk_percent'), rule.diskPercent, open), below(values('disk_free_bytes'), rule.diskFreeBytes)),
  severity: (values) => ((values('disk_percent') ?? 0) >= LAST_PERCENT ? 'critical' : 'warning'),
  title: (values, rule) => `the disk of ${dirAt(values('disk_of'), rule)} is ${shown(values('disk_percent'))} % full, ${sayBytes(values('disk_free_bytes') ?? 0)} free`,
  more: () => ['what apps write may fail, their logs first'],
};

const inodes: Level = {
  kind: 'host-inodes',
  forMs: () => 0,
  side: (values, rule, open) => both(above(values('inodes_percent'), rule.diskPercent, open), below(values('free_inodes'), FEW_INODES)),
  severity: (values) => ((values('inodes_percent') ?? 0) >= LAST_PERCENT ? 'critical' : 'warning'),
  title: (values, rule) => `the disk of ${dirAt(values('inodes_of'), rule)} can hold only ${values('free_inodes') ?? 0} more files, whatever room it has`,
  more: (values) => [`${shown(values('inodes_percent'))} % of the files it can hold are there; df -i shows it`],
};

const memory: Level = {
  kind: 'host-memory',
  forMs: () => MEMORY_FOR_MS,
  side: (values, _rule, open) => {
    const used = values('memory_percent');
    if (used === null) return null;
    if (used >= MEMORY_END_PERCENT || (used >= MEMORY_PERCENT && (values('memory_pressure') ?? 0) >= STALLED_PERCENT)) return 'bad';
    return !open || used < MEMORY_PERCENT - GAP || (values('memory_pressure') ?? 0) < STALLED_PERCENT / 2 ? 'good' : null;
  },
  severity: (values) => ((values('memory_pressure') ?? 0) >= STALLED_PERCENT ? 'critical' : 'warning'),
  title: (values) => `memory is ${shown(values('memory_percent'))} % used`,
  more: (values) => [
    ...(values('memory_pressure') === null ? [] : [`${shown(values('memory_pressure'))} % of the time everything waits for memory`]),
    values('swap_percent') === null ? 'there is no swap: the kernel ends a process next' : `swap is ${shown(values('swap_percent'))} % used`,
  ],
};

const descriptors: Level = {
  kind: 'host-descriptors',
  forMs: () => 0,
  side: (values, _rule, open) => above(values('descriptors_percent'), DESCRIPTORS_PERCENT, open),
  severity: (values) => ((values('descriptors_percent') ?? 0) >= LAST_PERCENT ? 'critical' : 'warning'),
  title: (values) => `${shown(values('descriptors_percent'))} % of the machine's file descriptors are open`,
  more: () => ['once none is left, nothing can open a file or a connection; fs.file-max is the limit'],
};

const cpu: Level = {
  kind: 'host-cpu',
  forMs: () => CPU_FOR_MS,
  side: (values, _rule, open) => above(values('cpu_pressure'), CPU_PERCENT, open),
  severity: () => 'info',
  title: (values) => `the cores are overloaded: ${shown(values('cpu_pressure'))} % of the time something waits for one`,
  more: (values) => [`load ${values('load_per_core') ?? 0} for each core`],
};

const logs: Level = {
  kind: 'host-logs',
  forMs: () => 0,
  side: (values, rule, open) => {
    const bytes = values('log_bytes');
    return bytes === null ? null : bytes >= rule.logBytes ? 'bad' : !open || bytes < rule.logBytes * 0.9 ? 'good' : null;
  },
  severity: () => 'info',
  title: (values) => `logs take up ${sayBytes(values('log_bytes') ?? 0)}`,
  more: () => ['PM2 does not rotate its logs; pm2-logrotate does'],
};

/** Of two that are equally grave the first names the incident. */
export const LEVELS: readonly Level[] = [diskFull, inodes, memory, descriptors, cpu, logs];

export function valuesOf(fields: readonly string[], sample: Sample): Values {
  return (name) => valueNamed(fields, sample.values, name);
}

export function dirAt(index: number | null, { dirs }: HostOptions): string {
  return dirs[index ?? -1] ?? 'this machine';
}

function above(value: number | null, limit: number, open: boolean): Side {
  if (value === null) return null;
  if (value >= limit) return 'bad';
  return !open || value < limit - GAP ? 'good' : null;
}

function below(value: number | null, limit: number): Side {
  return value === null ? null : value < limit ? 'bad' : 'good';
}

function both(a: Side, b: Side): Side {
  if (a === 'good' || b === 'good') return 'good';
  return a === 'bad' && b === 'bad' ? 'bad' : null;
}

/** With one decimal, and never rounded up to full. */
function shown(percent: number | null): string {
  return String(Math.floor((percent ?? 0) * 10) / 10);
}
