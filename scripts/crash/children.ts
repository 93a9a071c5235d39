import { readdirSync, readFileSync } from 'node:fs';

/** Ends a process's children and theirs by SIGKILL, youngest first, as one memory limit over all of them would. */
export function endChildren(pid: number): void {
  for (const child of childrenOf(pid)) {
    endChildren(child);
    try {
      process.kill(child, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter((word) => word.trim() !== '').map(Number));
  } catch {
    return [];
  }
}
