import { createHmac } from 'node:crypto';
import { HypercareError } from '../../../src/domain/errors.js';

const PREFIX = 'whsec_';
/** Standard Webhooks: a secret has 24 to 64 random bytes, written in base64 behind its prefix. */
const LEAST_BYTES = 24;
const MOST_BYTES = 64;

export const MAKE_SECRET = 'Make one: node -p "\'whsec_\' + crypto.randomBytes(32).toString(\'base64\')", write it into WEBHOOK_SECRET in .env, and tell it to the receiver.';

/** The key of a secret as it is written in .env. Throws for one that is none; never repeats it. */
export function readKey(secret: string | undefined): Buffer {
  if (!secret) throw new HypercareError('webhook.secret', 'invalid', 'WEBHOOK_URL is set, but WEBHOOK_SECRET is not: what is sent is always signed', MAKE_SECRET);
  const text = secret.trim();
  const base64 = text.slice(PREFIX.length);
  const key = text.startsWith(PREFIX) && /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : null;
  if (key !== null && key.length >= LEAST_BYTES && key.length <= MOST_BYTES) return key;
  throw new HypercareError('webhook.secret', 'invalid', 'WEBHOOK_SECRET is not whsec_ and 24 to 64 bytes in base64', MAKE_SECRET);
}

export interface Signed {
  readonly id: string;
  /** Milliseconds since 1970, of this try. */
  readonly now: number;
  /** As it goes over the wire. */
  readonly body: string;
}

/** The three headers of Standard Webhooks 1.0: HMAC-SHA256 over id, time and body, so that neither can be exchanged. */
export function signedHeaders(key: Buffer, { id, now, body }: Signed): Readonly<Record<string, string>> {
  // A full stop in the id would move the border between the parts that are signed.
  const safe = id.replace(/[^\w-]/g, '_').slice(0, 200);
  const seconds = String(Math.floor(now / 1_000));
  const signature = createHmac('sha256', key).update(`${safe}.${seconds}.${body}`, 'utf8').digest('base64');
  return { 'webhook-id': safe, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
}
