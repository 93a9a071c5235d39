import { socketsOf, tcpTable } from './tcp-table.js';

/** The state of a socket that waits for connections. */
const LISTEN = '0A';

/**
 * TCP ports that each of these processes listens at, lowest first. Empty for one that has ended or is not ours to see.
 * A worker of a cluster has none: its master holds the socket.
 */
export async function listeningPorts(pids: readonly number[]): Promise<ReadonlyMap<number, readonly number[]>> {
  const byInode = new Map((await tcpTable()).filter(({ state }) => state === LISTEN).map(({ inode, port }) => [inode, port]));
  return new Map(await Promise.all(pids.map(async (pid): Promise<[number, readonly number[]]> => [pid, await portsOf(pid, byInode)])));
}

async function portsOf(pid: number, byInode: ReadonlyMap<string, number>): Promise<readonly number[]> {
  const ports = (await socketsOf(pid)).map((inode) => byInode.get(inode)).filter((port) => port !== undefined);
  return [...new Set(ports)].sort((a, b) => a - b);
}
