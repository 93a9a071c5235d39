import { withDescendants } from './descendants.js';
import type { Io } from './io.js';
import { idlesInTransaction, isClient, type PgSession } from './postgres-sessions.js';
import { socketsOf, tcpTable } from './tcp-table.js';

/** An app that uses the server, with its PM2 process names. */
export interface PoolUser {
  readonly name: string;
  readonly processes: readonly string[];
}

export interface IdlePool {
  readonly app: string;
  /** Sessions that have stood idle for a while, those in a transaction among them. */
  readonly idle: number;
  readonly inTransaction: number;
}

interface Crowd {
  readonly sessions: readonly PgSession[];
  /** How many connections apps can have. */
  readonly limit: number;
  readonly url: string;
  readonly users: readonly PoolUser[];
}

/** What a pool hands out again within this is at work. */
const IDLE_MS = 10_000;
const ESTABLISHED = '01';
const POSTGRES_PORT = 5432;

/**
 * The one app of this machine in whose processes more than half of all connections stand idle; null: there is none, or
 * nobody can tell. Two cannot be. A session over TCP is that of the process which has its other end open: so neither
 * another machine's workers count, nor a pooler between, which keeps its connections whatever becomes of the app. One
 * through a socket file is that of the app, or process, whose name it bears.
 */
export async function idlePool(io: Pick<Io, 'pm2'>, { sessions, limit, url, users }: Crowd): Promise<IdlePool | null> {
  const idle = sessions.filter((one) => isClient(one) && !one.ours && (one.state?.startsWith('idle') ?? false) && (one.inStateMs ?? 0) >= IDLE_MS);
  if (idle.length * 2 <= limit || users.length === 0) return null;
  const listed = await io.pm2.list();
  const ends = await openEnds(portOf(url));
  for (const { name, processes } of users) {
    const pids = await withDescendants(listed.filter((one) => processes.includes(one.name) && one.pid > 0).map(({ pid }) => pid));
    const open = new Set((await Promise.all(pids.map(socketsOf))).flat());
    const its = idle.filter(({ app, clientAddress, clientPort }) => (clientAddress === null ? clientPort === -1 && [name, ...processes].includes(app) : open.has(ends.get(`${clientAddress} ${clientPort}`) ?? '')));
    if (its.length * 2 > limit) return { app: name, idle: its.length, inTransaction: its.filter(idlesInTransaction).length };
  }
  return null;
}

/** Inodes of connections to this port, by their own end. */
async function openEnds(port: number): Promise<ReadonlyMap<string, string>> {
  const to = (await tcpTable()).filter(({ state, remotePort }) => state === ESTABLISHED && remotePort === port);
  return new Map(to.map(({ inode, address, port: own }) => [`${address} ${own}`, inode]));
}

function portOf(url: string): number {
  const { port, searchParams } = new URL(url);
  return Number(searchParams.get('port') ?? port) || POSTGRES_PORT;
}
