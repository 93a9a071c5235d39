import { HypercareError } from '../../src/domain/errors.js';

const OWN_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** The address of a secret, which is the secret itself: no message repeats it. https, or http on this machine alone, where nobody listens in. */
export function secretAddress(name: string, value: string, mend: string): URL {
  const url = URL.canParse(value.trim()) ? new URL(value.trim()) : null;
  if (url !== null && url.username === '' && (url.protocol === 'https:' || (url.protocol === 'http:' && OWN_HOSTS.has(url.hostname)))) return url;
  const what = url?.username ? 'has a name or a password before its host, which belongs into its path or query' : 'is not an https address';
  throw new HypercareError('channel.address', 'invalid', `${name} ${what}`, mend);
}
