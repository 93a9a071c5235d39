import { readdir, readFile, readlink } from 'node:fs/promises';

/** What stands before a version 4 address in a version 6 one. */
const MAPPED = '00000000000000000000FFFF';

export interface TcpSocket {
  readonly inode: string;
  /** As PostgreSQL and people write it: '127.0.0.1', '::1'. */
  readonly address: string;
  readonly port: number;
  readonly remotePort: number;
  /** As the kernel numbers it: '01' is established, '0A' listens. */
  readonly state: string;
}

/** Every TCP socket of this network namespace; empty where the system has no /proc. */
export async function tcpTable(): Promise<readonly TcpSocket[]> {
  return [...(await socketsIn('/proc/net/tcp')), ...(await socketsIn('/proc/net/tcp6'))];
}

/** Inodes of the sockets that a process has open; empty for one that has ended or is not ours to see. */
export async function socketsOf(pid: number): Promise<readonly string[]> {
  const dir = `/proc/${pid}/fd`;
  const open = await readdir(dir).catch(() => []);
  const targets = await Promise.all(open.map((fd) => readlink(`${dir}/${fd}`).catch(() => '')));
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}

/** Fields of a line: number, local address as hex:hex, remote, state, four more of no interest, uid, timeout, inode. */
async function socketsIn(file: string): Promise<readonly TcpSocket[]> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(1);
  return lines.flatMap((line) => {
    const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/);
    const [hex = '', port] = local?.split(':') ?? [];
    if (inode === undefined || state === undefined || !(numberIn(port) > 0)) return [];
    return [{ inode, address: addressIn(hex), port: numberIn(port), remotePort: numberIn(remote?.split(':')[1]), state }];
  });
}

function numberIn(hex: string | undefined): number {
  return Number.parseInt(hex ?? '', 16);
}

/** The kernel writes each four bytes as one number, whose last byte comes first here; a version 4 address in a version 6 one is told as the first. */
function addressIn(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  const last = bytes.slice(-4).map(numberIn).join('.');
  if (bytes.length === 4 || bytes.slice(0, 12).join('') === MAPPED) return last;
  const groups = Array.from({ length: 8 }, (_, n) => bytes.slice(2 * n, 2 * n + 2).join(''));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
