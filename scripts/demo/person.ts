import { createInterface } from 'node:readline/promises';
import type { CliIo } from '../../src/cli/cli-io.js';
import type { Narrator } from './narrator.js';

/** Yes or no; null: nobody is there to say it. */
export type Answering = () => Promise<boolean | null>;

export function answering(io: CliIo, narrator: Narrator, options: { readonly yes: boolean; readonly json: boolean }): Answering {
  return async () => {
    if (options.yes) {
      narrator.tell('answer', 'yes (--yes answers by itself)');
      return true;
    }
    if (!process.stdin.isTTY || !io.stdout.isTTY) {
      narrator.tell('answer', 'nobody is here to answer (--yes would); without an answer nothing is done');
      return null;
    }
    return /^y(es)?$/i.test((await askAtTerminal(options.json)).trim());
  };
}

/** Where stdout is for JSON, people are asked on stderr. */
async function askAtTerminal(json: boolean): Promise<string> {
  const line = createInterface({ input: process.stdin, output: json ? process.stderr : process.stdout });
  // Readline takes Ctrl-C for itself: whoever gives up here must find nothing left running.
  line.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  return line.question('          yes or no? ').finally(() => line.close());
}
