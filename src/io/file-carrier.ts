import { watch, type FSWatcher } from 'node:fs';
import type { Carrier } from './carrier.js';

/** Behind the file watch, which loses its file when that is made anew. */
const POLL_MS = 250;

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
      const poll = setInterval(() => {
        watcher.rearm();
        look();
      }, POLL_MS);
      watcher.rearm();
      return async () => {
        clearInterval(poll);
        watcher.close();
        chase.stop();
      };
    },
  };
}

/**
 * The file changes when a commit is written, and the commit is to be seen only after it was synced to the disk, some
 * milliseconds later, of which nothing tells. So it is looked for at growing distances, half as long again as it has
 * lasted, until it is seen or the poll is nearer. Measured over 100 commits: p50 222 ms with one look, 1 ms so.
 */
function chaser(look: () => boolean): { begin(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const later = (elapsedMs: number) => {
    const pauseMs = Math.max(1, Math.ceil(elapsedMs / 2));
    timer = setTimeout(() => {
      if (!look() && elapsedMs + pauseMs < POLL_MS / 2) later(elapsedMs + pauseMs);
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

/** A watch on a file that may not be there yet, or is removed and made again: `rearm` begins it where it is not running. */
function watchAgain(file: string, changed: () => void): { rearm(): void; close(): void } {
  let watcher: FSWatcher | null = null;
  const close = () => {
    watcher?.close();
    watcher = null;
  };
  return {
    close,
    rearm() {
      if (watcher) return;
      try {
        // 'rename': the name stands for another file now, or for none.
        watcher = watch(file, (event) => {
          if (event === 'rename') close();
          changed();
        });
        watcher.on('error', close);
      } catch {
        watcher = null;
      }
    },
  };
}
