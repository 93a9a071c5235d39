import { watch, type FSWatcher } from 'node:fs';
import type { Carrier } from './carrier.js';

/** Behind the file watch: it can fire before the commit is visible, and loses its file when that is made anew. */
const POLL_MS = 250;

/** On SQLite each commit changes the `-wal` file: that is the poke. `dataVersion` changes when another connection wrote. */
export function fileCarrier(file: string, dataVersion: () => number | null): Carrier {
  return {
    poke: async () => undefined,
    onPoke: async (listen) => {
      let seen = dataVersion();
      const look = () => {
        const version = dataVersion();
        if (version === seen) return;
        seen = version;
        listen();
      };
      const watcher = watchAgain(`${file}-wal`, look);
      const poll = setInterval(() => {
        watcher.rearm();
        look();
      }, POLL_MS);
      watcher.rearm();
      return async () => {
        clearInterval(poll);
        watcher.close();
      };
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
