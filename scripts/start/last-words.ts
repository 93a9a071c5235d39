import { HypercareError } from '../../src/domain/errors.js';
import { readTail } from '../../src/io/read-tail.js';
import type { Pm2Entry } from '../pm2-cli.js';

const TAIL_BYTES = 64 * 1024;
const READ_WITHIN_MS = 2_000;
/** How monitor and bot say why they end. */
const ENDED = /the (?:monitor|bot) ended/;

export interface LastWords {
  readonly error: string;
  readonly mend: string | null;
}

/** Why one of our own two does not stay up, in its own last words where it left some. */
export async function downError({ name, log }: Pick<Pm2Entry, 'name' | 'log'>): Promise<HypercareError> {
  const words = log === null ? null : await readTail(log, TAIL_BYTES, AbortSignal.timeout(READ_WITHIN_MS)).then(({ text }) => lastWords(text), () => null);
  const look = `See more: npx pm2 logs ${name} --nostream --lines 20`;
  if (words === null) return new HypercareError('own.down', 'permanent', `${name} does not stay up`, look);
  return new HypercareError('own.down', 'permanent', `${name} does not stay up: ${words.error}`, [words.mend, 'PM2 tries again by itself; `npm stop` ends that.', look].filter((line) => line !== null).join('\n'));
}

/** The newest line of a log, of either format, that says why a process ended; null where none does. */
export function lastWords(text: string): LastWords | null {
  const line = text.split('\n').findLast((one) => ENDED.test(one));
  if (line === undefined) return null;
  const facts = factsOf(line);
  return typeof facts['error'] === 'string' ? { error: facts['error'], mend: typeof facts['mend'] === 'string' ? facts['mend'] : null } : null;
}

/** Of `error="no room" mend=null`, or of a line that is JSON as a whole. */
function factsOf(line: string): Readonly<Record<string, unknown>> {
  if (line.startsWith('{')) return (parsed(line) ?? {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries([...line.matchAll(/ (error|mend)=("(?:[^"\\]|\\.)*"|\S+)/g)].map(([, key, value = '']) => [key, parsed(value) === undefined ? value : parsed(value)]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
