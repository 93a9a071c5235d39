import { sha256 } from '../../src/io/hash.js';
import type { Resource } from '../../src/domain/resource.js';
import type { StageContext } from './stage.js';

const PORTS: Readonly<Record<string, string>> = { redis: '6379', postgres: '5432' };
const HASH_CHARS = 16;

/**
 * What names a server that other hosts may reach too: kind, host and port, hashed, because addresses are no business of
 * the store. Null for what is this machine's own: an app, a socket, a loopback address.
 */
export function sharedServer({ settings }: Pick<StageContext, 'settings'>, { kind, name }: Pick<Resource, 'kind' | 'name'>): string | null {
  const url = PORTS[kind] === undefined ? null : settings.urlOf(name);
  if (url === null) return null;
  const { protocol, hostname, port, searchParams } = new URL(url);
  const own = protocol === 'unix:' || searchParams.get('host')?.startsWith('/') === true || hostname === '' || hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
  return own ? null : sha256(`${kind}:${hostname.toLowerCase()}:${port || PORTS[kind]}`).slice(0, HASH_CHARS);
}
