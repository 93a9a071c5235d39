import { readdir, readFile, readlink } from 'node:fs/promises';

/** The state of a socket in /proc/net/tcp that waits for connections. */
const LISTEN = '0A';

/**
 * TCP ports that each of these processes listens at, lowest first. Empty for one that has ended or is not ours to see.
 * A worker of a cluster has none: its master holds the socket.
 */
export async function listeningPorts(pids: readonly number[]): Promise<ReadonlyMap<number, readonly number[]>> {
  const byInode = new Map([...(await listeners('/proc/net/tcp')), ...(await listeners('/proc/net/tcp6'))]);
  return new Map(await Promise.all(pids.map(async (pid): Promise<[number, readonly number[]]> => [pid, await portsOf(pid, byInode)])));
}

async function portsOf(pid: number, byInode: ReadonlyMap<string, number>): Promise<readonly number[]> {
  const dir = `/proc/${pid}/fd`;
  const open = await readdir(dir).catch(() => []);
  const targets = await Promise.all(open.map((fd) => readlink(`${dir}/${fd}`).catch(() => '')));
  const ports = targets.map((target) => byInode.get(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? '')).filter((port) => port !== undefined);
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** Inode → port. Fields of a line: number, local address as hex:hex, remote, state, four more of no interest, uid, timeout, inode. */
async function listeners(file: string): Promise<readonly (readonly [string, number])[]> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(1);
  return lines.flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    const port = Number.parseInt(local?.split(':')[1] ?? '', 16);
    return state === LISTEN && inode !== undefined && port > 0 ? [[inode, port] as const] : [];
  });
}
