import { readdir, readFile } from 'node:fs/promises';

/** An app that has more is looked at as far as this. */
const MOST = 500;

/** These processes with all that they started and that what those started, as far as it lives: PM2 names the first of a family alone, which may be `npm`. */
export async function withDescendants(pids: readonly number[]): Promise<readonly number[]> {
  const found = new Set(pids);
  for (const pid of found) {
    if (found.size >= MOST) break;
    for (const child of await childrenOf(pid)) found.add(child);
  }
  return [...found];
}

/** Each thread has the children it started. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')));
  return lists.flatMap((list) => list.trim().split(/\s+/).filter(Boolean).map(Number));
}
