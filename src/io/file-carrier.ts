import { watch, type FSWatcher } from 'node:fs';
import type { Carrier } from './carrier.js';

/** Behind the file watch, and without one. Four looks a second cost 0.1 % of a core, half of what an idle host may. */
const POLL_MS = 1_000;
const POLL_UNWATCHED_MS = 250;
/** A commit takes no longer to be synced; else the poll finds it. */
const CHASE_MS = 200;

/** On SQLite each commit changes the `-wal` file: that is the poke. `dataVersion` changes when another connection wrote. */
export function fileCarrier(file: string, dataVersion: () => number | null): Carrier {
  return {
    poke: async () => undefined,
    onPoke: async (listen) => {
      let seen = dataVersion();
      /** True when there was news. */
      const look = (): boolean => {
        const version = dataVersion();
        if (version === seen) return false;
        seen = version;
        listen();
        return true;
      };
      const chase = chaser(look);
      const watcher = watchAgain(`${file}-wal`, chase.begin);
      let poll: NodeJS.Timeout;
      const pollOn = () => {
        poll = setTimeout(() => {
          look();
          pollOn();
        }, watcher.rearm() ? POLL_MS : POLL_UNWATCHED_MS);
      };
      pollOn();
      return async () => {
        clearTimeout(poll);
        watcher.close();
        chase.stop();
      };
    },
  };
}

/**
 * The file changes when a commit is written, and the commit is to be seen only after it was synced to the disk, some
 * milliseconds later, of which nothing tells. So it is looked for at growing distances, half as long again as it has
 * lasted. Measured over 100 commits: p50 222 ms with one look, 1 ms so.
 */
function chaser(look: () => boolean): { begin(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const later = (elapsedMs: number) => {
    const pauseMs = Math.max(1, Math.ceil(elapsedMs / 2));
    timer = setTimeout(() => {
      if (!look() && elapsedMs + pauseMs < CHASE_MS) later(elapsedMs + pauseMs);
    }, pauseMs);
  };
  const stop = () => clearTimeout(timer);
  return {
    stop,
    begin() {
      stop();
      if (!look()) later(0);
    },
  };
}

/** A watch on a file that may not be there yet, or is removed and made again: `rearm` begins it where it is not running, and tells whether it runs. */
function watchAgain(file: string, changed: () => void): { rearm(): boolean; close(): void } {
  let watcher: FSWatcher | null = null;
  const close = () => {
    watcher?.close();
    watcher = null;
  };
  return {
    close,
    rearm() {
      if (watcher) return true;
      try {
        // 'rename': the name stands for another file now, or for none.
        watcher = watch(file, (event) => {
          if (event === 'rename') close();
          changed();
        });
        watcher.on('error', close);
        return true;
      } catch {
        return false;
      }
    },
  };
}
