import { readFileSync } from 'node:fs';

const LIMITS: readonly (readonly [string, string])[] = [
  ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory.current'],
  ['/sys/fs/cgroup/memory/memory.limit_in_bytes', '/sys/fs/cgroup/memory/memory.usage_in_bytes'],
];

/** What a new process could have: what the kernel calls available, or what a container's limit leaves where that is less. Null: it cannot be told. */
export function freeMemoryBytes(): number | null {
  const [, available] = /^MemAvailable:\s+(\d+) kB/m.exec(read('/proc/meminfo')) ?? [];
  if (available === undefined) return null;
  const left = LIMITS.flatMap(([limit, used]) => {
    const [most, now] = [read(limit).trim(), read(used).trim()];
    return /^\d+$/.test(most) && /^\d+$/.test(now) ? [Math.max(0, Number(most) - Number(now))] : [];
  });
  return Math.min(Number(available) * 1024, ...left);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
