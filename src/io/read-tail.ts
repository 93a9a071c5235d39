import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** The last bytes of a file as text; `cut`: there is more before them, and the first line is not whole. */
export interface Tail {
  readonly text: string;
  readonly cut: boolean;
}

/** Reads at most `maxBytes` from the end. Throws `EINVAL` for what is no ordinary file (a pipe would be waited for). */
export async function readTail(file: string, maxBytes: number, signal: AbortSignal): Promise<Tail> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw Object.assign(new Error(`${file} is no ordinary file`), { code: 'EINVAL' });
    signal.throwIfAborted();
    const from = Math.max(0, stat.size - maxBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(maxBytes, stat.size)), 0, Math.min(maxBytes, stat.size), from);
    return { text: buffer.subarray(0, bytesRead).toString('utf8'), cut: from > 0 };
  } finally {
    await handle.close();
  }
}
