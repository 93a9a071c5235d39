import type { CliIo } from '../../src/cli/cli-io.js';

export interface Narrator {
  /** One line: for people with the seconds since the beginning, or one JSON document with `event`, `ms` and `text`. */
  tell(event: string, text: string, facts?: Readonly<Record<string, unknown>>): void;
  /** The same of what happened at `at` (wall clock), and is told only now. */
  tellOf(happened: { readonly event: string; readonly at: number }, text: string): void;
}

export function createNarrator(io: Pick<CliIo, 'clock' | 'stdout'>, json: boolean): Narrator {
  const began = { monotonic: io.clock.monotonic(), wall: io.clock.now() };
  const put = (ms: number, event: string, said: Readonly<Record<string, unknown>> & { readonly text: string }): void => {
    io.stdout.write(json ? `${JSON.stringify({ version: 1, event, ms: Math.round(ms), ...said })}\n` : `${(ms / 1000).toFixed(1).padStart(6)} s  ${said.text}\n`);
  };
  return {
    tell: (event, text, facts = {}) => put(io.clock.monotonic() - began.monotonic, event, { text, ...facts }),
    tellOf: ({ event, at }, text) => put(Math.max(0, at - began.wall), event, { text }),
  };
}
