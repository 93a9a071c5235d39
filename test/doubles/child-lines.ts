/** What a child of a test says on its standard output, line by line: events to wait for. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

const WITHIN_MS = 15_000;

export interface ChildLines {
  /** Resolves at the next line that begins so and was not waited for yet; rejects when the child ends or says nothing. */
  next(beginning: string): Promise<string>;
  /** Ends the child by SIGKILL, if it has not ended, and waits for it. */
  kill(): Promise<void>;
}

export function linesOf(child: ChildProcess): ChildLines {
  const said: string[] = [];
  let heard: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    said.push(line);
    heard();
  });
  return {
    async next(beginning) {
      const timeout = AbortSignal.timeout(WITHIN_MS);
      const tooLate = new Promise<'late'>((resolve) => timeout.addEventListener('abort', () => resolve('late')));
      for (let ended = false; ; ) {
        const at = said.findIndex((line) => line.startsWith(beginning));
        if (at >= 0) return said.splice(at, 1)[0] as string;
        if (ended) throw new Error(`the child ended without saying “${beginning}”; it said: ${said.join(' | ')}`);
        const news = new Promise<'news'>((resolve) => (heard = () => resolve('news')));
        const what = await Promise.race([news, gone.then(() => 'gone' as const), tooLate]);
        if (what === 'late') throw new Error(`the child did not say “${beginning}” within ${WITHIN_MS / 1_000} s; it said: ${said.join(' | ')}`);
        ended = what === 'gone';
      }
    },
    async kill() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await gone;
    },
  };
}
