import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, unlink, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

const CHUNK_BYTES = 256 * 1024;

/** Paths as a held directory gives them; `half` is the name it has until it is whole. */
export interface Packing {
  readonly from: string;
  readonly half: string;
  readonly to: string;
}

/**
 * Packs a file as gzip beside it, with the same owner, rights and time: written under another name, made to last, read back
 * and compared, and only then given its name, which must be free. The original is left to whoever calls. Returns the
 * packed size; throws `EEXIST` where the name is taken.
 */
export async function packFile({ from, half, to }: Packing, signal: AbortSignal): Promise<number> {
  await unlink(half).catch(() => undefined); // Of a life before that was ended in its middle.
  const original = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { mode, uid, gid, atime, mtime } = await original.stat();
    const packed = await open(half, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, mode & 0o777);
    try {
      await pipeline(bytesOf(original), createGzip(), (bytes: AsyncIterable<Buffer>) => writeAll(packed, bytes), { signal });
      await packed.chown(uid, gid).catch(() => undefined); // It is ours then, as what it was made of nearly always is.
      await packed.utimes(atime, mtime);
      await packed.sync();
      if ((await digestOf(original, signal)) !== (await digestOf(packed, signal, true))) throw new Error('what was packed does not read back as it was');
      await link(half, to);
      return (await packed.stat()).size;
    } finally {
      await packed.close();
      await unlink(half).catch(() => undefined);
    }
  } finally {
    await original.close();
  }
}

/** Does this gzip file hold exactly what the other file holds? */
export async function holdsTheSame(packed: string, original: string, signal: AbortSignal): Promise<boolean> {
  const files = await Promise.all([packed, original].map((file) => open(file, constants.O_RDONLY | constants.O_NOFOLLOW)));
  try {
    const [a, b] = files as [FileHandle, FileHandle];
    return (await digestOf(a, signal, true).catch(() => null)) === (await digestOf(b, signal));
  } finally {
    for (const file of files) await file.close();
  }
}

async function digestOf(file: FileHandle, signal: AbortSignal, isPacked = false): Promise<string> {
  const hash = createHash('sha256');
  const take = async (bytes: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of bytes) hash.update(chunk);
  };
  if (isPacked) await pipeline(bytesOf(file), createGunzip(), take, { signal });
  else await pipeline(bytesOf(file), take, { signal });
  return hash.digest('hex');
}

/** From its beginning, wherever the handle stands. */
async function* bytesOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function writeAll(file: FileHandle, bytes: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of bytes) await file.writeFile(chunk);
}
