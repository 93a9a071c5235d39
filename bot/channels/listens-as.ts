import { createHash } from 'node:crypto';

/** A name for a token that says nothing of it: it is written into the store, and logged. */
export function listensAs(kind: string, token: string): string {
  return `${kind}:${createHash('sha256').update(token).digest('hex').slice(0, 16)}`;
}
