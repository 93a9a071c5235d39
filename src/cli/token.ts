import { randomBytes } from 'node:crypto';
import { noteCard } from '../cards/note-card.js';
import type { Result } from '../commands/command.js';
import { HypercareError } from '../domain/errors.js';
import { sha256 } from '../io/hash.js';

const SECRET_BYTES = 32;

/** A new token for the HTTP API. Nothing is kept of it: who shall speak with it gets its hash in the config, and whoever reads that cannot. */
export function newToken(words: readonly string[]): Result {
  if (words.length > 0) throw new HypercareError('usage', 'invalid', '“token” takes no words', 'Write “hypercare token”, and put what it prints under the person in hypercare.yaml.');
  const token = `hc_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const hash = sha256(token);
  return {
    data: { version: 1, token, hash },
    card: noteCard({
      subject: 'token', level: 'info', title: 'a new token, shown this once',
      body: [
        token,
        `Who speaks with it is whom you give it to, under “people” in hypercare.yaml:\n  api: ${hash}`,
        `Or it is the address of a job that pings when it ran, under “jobs”:\n  ping: ${hash}`,
      'Then run “npm start”, and send it with each request:\n  authorization: Bearer <token>',
      ],
      footer: 'The hash is no secret. To end the token, take its line away and run “npm start”.',
    }),
    exit: 0,
  };
}
