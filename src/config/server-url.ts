import { mustBe } from './issue-text.js';
import { checkedText } from './fields.js';

/** The address of a server, user and password in it. It is never shown: `shownServer` makes of it what is. */
export function serverUrl(schemes: readonly string[]) {
  const what = `an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return checkedText(what, (text) => {
    if (!schemes.some((scheme) => text.startsWith(`${scheme}://`))) return mustBe(what)({ input: text }) ?? '';
    return URL.canParse(text) && new URL(text).hostname !== '' ? null : 'is no address that can be called: check host and port, and write special characters of the password as %..';
  });
}

/** Where it is, without who we are there: 'redis://10.0.0.5:6379/2'. */
export function shownServer(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
