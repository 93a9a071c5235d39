import { readFileSync, statSync, type Stats } from 'node:fs';

/** What came of reading a file the operator named. `line` is where it went wrong, where that is known. */
export type ReadText =
  | { readonly ok: true; readonly text: string; readonly mode: number }
  | { readonly ok: false; readonly missing: boolean; readonly problem: string; readonly line: number | null };

/** Reads a small UTF-8 file. Everything that is wrong with it is a value; a byte order mark is dropped. */
export function readText(file: string, maxBytes: number): ReadText {
  let stats: Stats;
  let bytes: Buffer;
  try {
    stats = statSync(file);
    // Asked before reading: a pipe or a device would block the start for ever.
    if (stats.isDirectory()) return unreadable('is a directory, not a file');
    if (!stats.isFile()) return unreadable('is not a regular file');
    if (stats.size > maxBytes) return unreadable(`is larger than ${maxBytes / 1_024} KiB`);
    bytes = readFileSync(file);
  } catch (error) {
    return failedToRead(error);
  }
  if (bytes.length > maxBytes) return unreadable(`is larger than ${maxBytes / 1_024} KiB`);
  return decode(bytes, stats.mode);
}

function decode(bytes: Buffer, mode: number): ReadText {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), mode };
  } catch {
    const before = bytes.toString('utf8').split('\uFFFD', 1)[0] as string;
    return { ok: false, missing: false, problem: 'is not UTF-8 text: save it as UTF-8', line: before.split('\n').length };
  }
}

function failedToRead(error: unknown): ReadText {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return { ok: false, missing: true, problem: 'there is no such file', line: null };
  if (code === 'EACCES' || code === 'EPERM') return unreadable('may not be read by this user');
  return unreadable(`cannot be read (${code ?? 'no such path'})`);
}

function unreadable(problem: string): ReadText {
  return { ok: false, missing: false, problem, line: null };
}
