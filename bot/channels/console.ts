import { z } from 'zod';
import { drawPlain } from '../../src/cards/plain.js';
import { errorText, HypercareError } from '../../src/domain/errors.js';
import { worse, type Severity } from '../../src/domain/finding.js';
import type { ChannelKind, Ref } from './channel.js';

export interface ConsoleOptions {
  /** Cards below this are not written; 'info' writes all. */
  readonly level: Severity;
}

const WIDTH = 80;
/** A card that lists more is cut: it stands among the log lines of the process. */
const MAX_LINES = 60;

/**
 * A channel that only speaks: each card as lines on standard output, which `pm2 logs` shows. An edited card is written
 * anew, since a log cannot be taken back.
 */
export function consoleKind(write: (text: string) => void): ChannelKind<ConsoleOptions> {
  return {
    kind: 'console',
    options: z.strictObject({ level: z.enum(['info', 'warning', 'critical']).default('info') }),
    create: ({ level }) => ({
      name: 'console',
      async deliver(card, _key, previous): Promise<Ref> {
        const severity = card.level === 'good' ? 'info' : card.level;
        // What was written once is followed to its end, so that a recovery is seen where the alarm was.
        if ((previous ?? null) === null && worse(severity, level) !== severity) return null;
        try {
          write(`${bounded(drawPlain(card, { width: WIDTH, color: false }))}\n`);
        } catch (thrown) {
          throw new HypercareError('console.write', 'transient', `the card could not be written to standard output: ${errorText(thrown)}`);
        }
        return { written: card.subject };
      },
    }),
  };
}

function bounded(text: string): string {
  const lines = text.split('\n');
  if (lines.length <= MAX_LINES) return text;
  return [...lines.slice(0, MAX_LINES - 1), `  … ${lines.length - MAX_LINES + 1} more lines`].join('\n');
}

export const consoleChannel = consoleKind((text) => {
  process.stdout.write(text);
});
