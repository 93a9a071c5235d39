import { OUR_NAME } from '../../src/io/redis.js';

/** One connection, as CLIENT LIST shows it. */
export interface RedisClient {
  readonly id: string;
  readonly name: string;
  /** '10.0.0.5:51234'. */
  readonly address: string;
  readonly idleMs: number;
}

export interface ClientFilter {
  readonly name: string | null;
  /** An address, with or without a port. */
  readonly address: string | null;
  readonly idleMs: number;
}

/**
 * Those that only ask and wait for nothing, and are not ours: never a replica or primary, who listens to a channel, waits in
 * a queue, watches the server or is within a transaction.
 */
export function matchedClients(list: string, filter: ClientFilter): readonly RedisClient[] {
  return list.split('\n').map(fieldsOf).filter(isPlain).map(clientOf).filter((client) =>
    client.name !== OUR_NAME
    && client.idleMs >= filter.idleMs
    && (filter.name === null || client.name === filter.name)
    && (filter.address === null || client.address === filter.address || client.address.replace(/:\d+$/, '') === filter.address));
}

type Fields = Readonly<Record<string, string>>;

function fieldsOf(line: string): Fields {
  return Object.fromEntries(line.trim().split(' ').map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]));
}

function isPlain({ id, flags, multi, sub, psub, ssub = '0' }: Fields): boolean {
  return id !== undefined && flags === 'N' && multi === '-1' && sub === '0' && psub === '0' && ssub === '0';
}

function clientOf({ id = '', name = '', addr = '', idle = '0' }: Fields): RedisClient {
  return { id, name, address: addr, idleMs: Number(idle) * 1_000 };
}
