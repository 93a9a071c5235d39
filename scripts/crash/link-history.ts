import { lstatSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { systemClock } from '../../src/io/clock.js';

/** Two switches cannot lie closer together: each is a step of its own, with transactions around it. */
const LOOK_EVERY_MS = 15;

/** Names of the directories the link led to, in order, since the watch began. A switch to the same one counts too, by its inode. */
export interface LinkHistory {
  soFar(): readonly string[];
  end(): Promise<readonly string[]>;
}

export function watchLink(link: string): LinkHistory {
  const seen: string[] = [];
  let watching = true;
  let last = '';
  const lookOnce = (): void => {
    const now = look(link);
    if (now === null || now.id === last) return;
    last = now.id;
    seen.push(now.to);
  };
  const watch = async (): Promise<void> => {
    while (watching) {
      lookOnce();
      await systemClock.sleep(LOOK_EVERY_MS);
    }
  };
  const ended = watch();
  return {
    soFar: () => seen,
    async end() {
      watching = false;
      await ended;
      lookOnce();
      return seen;
    },
  };
}

/** In one piece and past the queue of everything else that is read: on a busy disk the link was switched twice between two waits. */
function look(link: string): { readonly id: string; readonly to: string } | null {
  try {
    const { ino, ctimeMs } = lstatSync(link);
    return { id: `${ino} ${ctimeMs}`, to: basename(readlinkSync(link)) };
  } catch {
    return null;
  }
}
