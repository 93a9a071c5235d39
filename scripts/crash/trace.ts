import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Who } from './kill-point.js';

/**
 * One line of what a process went through, written before it goes on, so that its death loses none: what a page cache
 * holds outlives a SIGKILL.
 */
export interface TraceLine {
  /** born: a life began · reached: a transaction is written and not committed, or an act is about to begin · ended: it came back · killed: the last line of a life. */
  readonly line: 'born' | 'reached' | 'ended' | 'killed';
  readonly at: number;
  /** What was reached or ended; of `killed` the kill point's words. */
  readonly what: string;
}

export function traceFile(dir: string, who: Who): string {
  return join(dir, `${who}.trace`);
}

/** A line that a death cut short is left out. */
export function readTrace(dir: string, who: Who): readonly TraceLine[] {
  const file = traceFile(dir, who);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split('\n').flatMap((text) => {
    try {
      return text === '' ? [] : [JSON.parse(text) as TraceLine];
    } catch {
      return [];
    }
  });
}

export interface Tracer {
  write(line: TraceLine): void;
  close(): void;
}

export function openTrace(dir: string, who: Who): Tracer {
  const fd = openSync(traceFile(dir, who), 'a');
  writeSync(fd, '\n'); // The life before may have died in the middle of a line.
  return { write: (line) => void writeSync(fd, `${JSON.stringify(line)}\n`), close: () => closeSync(fd) };
}
