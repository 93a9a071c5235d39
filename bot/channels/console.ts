import { z } from 'zod';
import { drawPlain } from '../../src/cards/plain.js';
import { errorText, HypercareError } from '../../src/domain/errors.js';
import type { ChannelKind, Ref } from './channel.js';

export interface ConsoleOptions {
  /** Cards below this level are not sent here; the relay judges. */
  readonly level: 'info' | 'warning' | 'critical';
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
    create: () => ({
      name: 'console',
      async deliver(card): Promise<Ref> {
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
