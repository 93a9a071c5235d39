const MOST_CHARS = 60;
/** Long, with letters and digits and no dots and colons in it: an API key, a session, a signed token. */
const TOKEN = /^(?=.*[0-9])(?=.*[A-Za-z])[\w+/=~-]{20,}$|^eyJ|^(?:sk|pk|rk|ghp|xox[a-z])[_-]/;
const SHOWN_OF_TOKEN = 6;
/** What must not stand on a line: white space, control characters, and marks that turn the direction of text. */
const ODD = /[\s\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Whom a limiter counts, as people may see it: it comes from requests, so it may be anything. Of what looks like a token
 * only its beginning; that is enough to name it when it shall be cleared.
 */
export function shownIdentity(identity: string): string {
  const plain = identity.slice(0, 200).replace(ODD, '?').replace(/\p{Surrogate}/gu, '?');
  if (TOKEN.test(plain)) return `${plain.slice(0, SHOWN_OF_TOKEN)}…`;
  return plain.length > MOST_CHARS ? `${plain.slice(0, MOST_CHARS - 1)}…` : plain;
}

/** This machine, as the apps on it see it. */
export function isThisMachine(identity: string): boolean {
  return /^(?:::ffff:)?127\./i.test(identity) || /^::1?(?:\/\d+)?$/.test(identity);
}

/** This machine, or one of the local network: a proxy, mostly, and then all who come through it are one. */
export function isNear(identity: string): boolean {
  return isThisMachine(identity) || /^(?:::ffff:)?(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(identity) || /^(?:f[cd][0-9a-f]{2}:|fe80:)/i.test(identity);
}
