import { readFile } from 'node:fs/promises';

/**
 * Does the process stand still: stopped by a signal (SIGSTOP, SIGTSTP), or held by a debugger? It keeps its sockets and
 * memory, and does nothing. False where that cannot be read: nothing is claimed of what cannot be seen.
 */
export async function standsStill(pid: number): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // '4711 (node /srv (x)) T 1 …': the name may hold brackets, so that the state stands behind the last one.
  return /^ [Tt] /.test(stat.slice(stat.lastIndexOf(')') + 1));
}
