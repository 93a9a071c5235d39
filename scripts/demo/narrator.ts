import type { CliIo } from '../../src/cli/cli-io.js';

export interface Narrator {
  /** One line: for people with the seconds since the beginning, or one JSON document with `event`, `ms` and `text`. */
  tell(event: string, text: string, facts?: Readonly<Record<string, unknown>>): void;
}

export function createNarrator(io: Pick<CliIo, 'clock' | 'stdout'>, json: boolean): Narrator {
  const began = io.clock.monotonic();
  return {
    tell(event, text, facts = {}) {
      const ms = io.clock.monotonic() - began;
      io.stdout.write(json ? `${JSON.stringify({ version: 1, event, ms: Math.round(ms), text, ...facts })}\n` : `${(ms / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
    },
  };
}
