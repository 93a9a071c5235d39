import { mustBe } from './issue-text.js';
import { checkedText } from './fields.js';

/** A Sentinel or a Cluster by its scheme, or more hosts than one; the password may hold commas. */
const SEVERAL = /^\w+[+-](?:sentinel|cluster):|^[\w+-]+:\/\/(?:[^/?#]*@)?[^/?#@]*,[^/?#@]*(?:[/?#]|$)/i;

function sayOneAlone(scheme: string): string {
  const more = scheme === 'redis' ? '; behind a Sentinel that is the primary, and a Redis Cluster is not watched: leave it out' : '';
  return `names several servers: give the address of the one that takes changes, like ${scheme}://10.0.0.5${more}`;
}

/** The address of a server, user and password in it. It is never shown: `shownServer` makes of it what is. */
export function serverUrl(schemes: readonly string[]) {
  const what = `an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return checkedText(what, (text) => {
    if (SEVERAL.test(text)) return sayOneAlone(schemes[0] ?? '');
    if (!schemes.some((scheme) => text.startsWith(`${scheme}://`))) return mustBe(what)({ input: text }) ?? '';
    return URL.canParse(text) && isReachable(new URL(text)) ? null : 'is no address that can be called: check host and port, and write special characters of the password as %..';
  });
}

/** By a host, or by a socket of this machine: 'unix:///run/redis.sock', 'postgres:///blog?host=/run/postgresql'. */
function isReachable({ protocol, hostname, pathname, searchParams }: URL): boolean {
  if (protocol === 'unix:') return ['', 'localhost'].includes(hostname) && pathname.length > 1;
  return hostname !== '' || (protocol.startsWith('postgres') && searchParams.get('host')?.startsWith('/') === true);
}

/** Who we are at a server, as its address says; null: it does not. */
export function roleIn(url: string): string | null {
  const { username, searchParams } = new URL(url);
  if (username === '') return searchParams.get('user');
  try {
    return decodeURIComponent(username);
  } catch {
    return null; // A % that begins nothing.
  }
}

/** Where it is, without who we are there: 'redis://10.0.0.5:6379/2'. */
export function shownServer(url: string): string {
  const { protocol, host, pathname, searchParams } = new URL(url);
  const socket = searchParams.get('host');
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}${socket === null ? '' : `?host=${socket}`}`;
}
