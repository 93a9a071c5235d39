import { randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';

/** Names this process so that others of the machine can tell whether it lives: its space of process numbers, its number, and a word of its own. */
export function ownMark(): string {
  return `${space()}/${process.pid}/${randomUUID()}`;
}

/** True where the process of that mark is known to have ended; one of another machine or container is not known. */
export function hasEnded(mark: string): boolean {
  const [where, pid] = mark.split('/');
  if (where !== space() || where === '' || !/^\d+$/.test(pid ?? '')) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** 'pid:[4026531836]': the kernel's name for it; empty where there is no /proc. */
function space(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace('/', '');
  } catch {
    return '';
  }
}
