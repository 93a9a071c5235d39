import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Levels of control groups that are looked at, from ours upwards. */
const MOST_LEVELS = 12;
const CGROUPS = '/sys/fs/cgroup';

export interface MemoryUse {
  /** Of what can be had, without what the kernel gives back when it is asked: of the machine, or of a container's limit where that is nearer. */
  readonly percent: number | null;
  readonly swapPercent: number | null;
}

/** From /proc/meminfo and our own control groups, both kinds; null for what is not there. */
export function memoryUse(): MemoryUse {
  const info = numbersIn(kernelText('/proc/meminfo'));
  const [total = 0, available = 0] = [info.get('MemTotal'), info.get('MemAvailable')];
  const [swap = 0, swapFree = 0] = [info.get('SwapTotal'), info.get('SwapFree')];
  const shares = [...(total > 0 ? [1 - available / total] : []), ...groupShares(total * 1024)];
  return {
    percent: shares.length === 0 ? null : percentOf(Math.max(...shares)),
    swapPercent: swap === 0 ? null : percentOf(1 - swapFree / swap),
  };
}

/** What the kernel says at once, without a disk: waiting for the thread pool would cost ten times as much. Empty where it does not. */
export function kernelText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Lines like 'MemTotal:  24684084 kB' and 'oom_kill 0'. */
export function numbersIn(text: string): ReadonlyMap<string, number> {
  return new Map([...text.matchAll(/^([\w()]+):?\s+(\d+)/gm)].map(([, name, value]) => [name as string, Number(value)]));
}

/** How much of each limit below the machine's own memory is used, 0 to 1. */
function groupShares(machineBytes: number): readonly number[] {
  const own = kernelText('/proc/self/cgroup');
  const unified = /^0::(\/.*)$/m.exec(own)?.[1];
  const legacy = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m.exec(own)?.[1];
  const places = [
    ...(unified === undefined ? [] : levels(unified).map((level) => ({ dir: join(CGROUPS, level), limit: 'memory.max', used: 'memory.current', idle: 'inactive_file' }))),
    ...(legacy === undefined ? [] : levels(legacy).map((level) => ({ dir: join(CGROUPS, 'memory', level), limit: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes', idle: 'total_inactive_file' }))),
  ];
  return places.flatMap(({ dir, limit, used, idle }) => {
    const most = Number(kernelText(join(dir, limit)));
    if (!(most > 0 && most < machineBytes)) return []; // No limit, or one that the machine comes to before.
    const share = (Number(kernelText(join(dir, used))) - (numbersIn(kernelText(join(dir, 'memory.stat'))).get(idle) ?? 0)) / most;
    return Number.isFinite(share) ? [share] : [];
  });
}

/** '/a/b' → '/a/b', '/a' and '/': a limit further up holds too. */
function levels(path: string): readonly string[] {
  const all: string[] = [];
  for (let at = path; all.length < MOST_LEVELS; at = dirname(at)) {
    all.push(at);
    if (at === '/' || at === '.') break;
  }
  return all;
}

function percentOf(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * 1_000) / 10;
}
