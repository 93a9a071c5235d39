import { maskForeign } from '../../src/io/mask.js';
import { readTail } from '../../src/io/read-tail.js';
import type { Json } from '../../src/domain/json.js';
import type { Collector } from './collector.js';

const MOST_FILES = 8;
const TAIL_BYTES = 16 * 1024;
const MOST_LINES = 100;
const MOST_CHARS = 400;

/** The last lines of what the app's processes wrote, without secrets. They are read from the files PM2 writes them to. */
export const logs: Collector<readonly Json[]> = {
  kind: 'logs',
  of: 'app',
  async collect({ processes }, io, signal) {
    const listed = (await io.pm2.list()).filter(({ name }) => processes.includes(name));
    const files = [...new Set(listed.flatMap(({ errLog, outLog }) => [errLog, outLog]))].filter((file) => file !== null);
    if (files.length === 0) throw new Error('PM2 names no log file of it');
    return Promise.all(files.slice(0, MOST_FILES).map(async (file) => ({ file, lines: await lastLines(file, signal) })));
  },
};

/** A line may hold anything, so it is masked before it is cut: half of a secret looks like none. */
async function lastLines(file: string, signal: AbortSignal): Promise<Json> {
  const tail = await readTail(file, TAIL_BYTES, signal).catch((error: unknown) => String((error as { code?: unknown }).code ?? error));
  if (typeof tail === 'string') return [`(cannot be read: ${tail})`];
  const lines = maskForeign(tail.text).split('\n').filter((line) => line !== '');
  return lines.slice(tail.cut ? 1 : 0).slice(-MOST_LINES).map((line) => (line.length > MOST_CHARS ? `${line.slice(0, MOST_CHARS)}…` : line));
}
