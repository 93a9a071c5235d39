import { sayBytes } from '../../src/domain/bytes.js';
import { errorText } from '../../src/domain/errors.js';
import { fileSystemOf } from '../../src/io/file-system.js';
import type { Io } from '../../src/io/io.js';
import type { HostOptions } from './host-options.js';
import { sayCount } from './host-plan.js';
import { holdUsable } from './host-roots.js';
import { walkFiles, type FileRule } from './host-walk.js';

const SHOWN_NAMES = 3;
const SHOWN_CHARS = 60;

/** What below one root is meant, for people; `found` is null where it may not be touched, and the note says why. */
export interface Survey {
  readonly note: string;
  readonly found: { readonly files: number; readonly bytes: number; readonly freeBytes: number; readonly device: number } | null;
}

export interface Around {
  readonly options: HostOptions;
  readonly io: Io;
  readonly signal: AbortSignal;
}

/** Counts at most `most` files. It only looks. */
export async function survey(dir: string, rule: FileRule & { readonly most: number }, { options, io, signal }: Around): Promise<Survey> {
  try {
    const held = await holdUsable(dir, options, io);
    try {
      const sum = { files: 0, bytes: 0, names: [] as string[] };
      const walked = await walkFiles(held, rule, async ({ path, bytes }) => {
        if (sum.names.length < SHOWN_NAMES) sum.names.push(path.slice(dir.length + 1, dir.length + 1 + SHOWN_CHARS));
        sum.bytes += bytes;
        return (sum.files += 1) < rule.most;
      }, signal);
      const room = await fileSystemOf(dir);
      return { note: noteOf(dir, sum, { excepted: walked.excepted, cut: walked.cut || sum.files === rule.most }), found: { files: sum.files, bytes: sum.bytes, freeBytes: room?.freeBytes ?? 0, device: room?.device ?? 0 } };
    } finally {
      await held.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    return { note: `${dir} is passed over: ${errorText(error)}`, found: null };
  }
}

function noteOf(dir: string, { files, bytes, names }: { readonly files: number; readonly bytes: number; readonly names: readonly string[] }, { excepted, cut }: { readonly excepted: number; readonly cut: boolean }): string {
  const such = files === 0 ? 'no such file that is old enough' : `${cut ? 'at least ' : ''}${sayCount(files, 'file')} of ${sayBytes(bytes)}, among them ${names.join(', ')}`;
  return `${dir}: ${such}${excepted === 0 ? '' : `; ${sayCount(excepted, 'more')} left alone, in use or not ours`}`.replaceAll(/[\n\r]/g, '?').slice(0, 400);
}
