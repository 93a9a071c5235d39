import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { HypercareError } from '../domain/errors.js';

/**
 * The seat of a PM2 home: whoever holds it may act there. It is an exclusively locked small SQLite file inside that
 * home, so two installations with different stores on one PM2 exclude each other too, and the kernel frees it when its
 * holder dies (takeover after kill -9 was measured at 7 ms). A frozen holder keeps it.
 */
export interface Seat {
  /**
   * Asked before each write, and so before each act: a lock on a file that somebody removed keeps nobody out. Then it is
   * taken anew, or lost where another process was faster. Throws `seat.unopenable` where it cannot be taken.
   */
  keeps(): 'kept' | 'renewed' | 'lost';
  release(): void;
}

interface Lock {
  readonly database: Database.Database;
  /** Which file of the disk is locked: while it is open, no other one has its number. */
  readonly inode: string | null;
}

/** Whoever holds the seat of this PM2 home has this file open. */
export function seatFile(pm2Home: string): string {
  return join(pm2Home, 'hypercare.seat');
}

/** Null when another process holds it. Throws `seat.unopenable` for what waiting does not mend. */
export function takeSeat(pm2Home: string): Seat | null {
  const file = seatFile(pm2Home);
  const lock = takeLock(file);
  return lock === null ? null : hold(file, lock);
}

function takeLock(file: string): Lock | null {
  let database: Database.Database;
  try {
    database = new Database(file, { timeout: 0 });
  } catch (error) {
    throw unopenable(file, error);
  }
  try {
    database.exec('begin exclusive');
    return { database, inode: inodeOf(file) };
  } catch (error) {
    database.close();
    if (String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) return null;
    throw unopenable(file, error);
  }
}

/** A lock that nothing refers to would be collected as garbage, and the seat be free while its holder acts on. */
function hold(file: string, taken: Lock): Seat {
  let lock = taken;
  const release = () => {
    process.removeListener('exit', release);
    lock.database.close();
  };
  process.once('exit', release);
  return {
    release,
    keeps() {
      if (lock.inode !== null && inodeOf(file) === lock.inode) return 'kept';
      const anew = takeLock(file);
      if (anew === null) return 'lost';
      lock.database.close();
      lock = anew;
      return 'renewed';
    },
  };
}

/** Null where there is none, or it cannot be looked at. The file is not opened for it: closing it would free the lock. */
function inodeOf(file: string): string | null {
  try {
    const { dev, ino } = statSync(file, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

function unopenable(file: string, cause: unknown): HypercareError {
  return new HypercareError('seat.unopenable', 'permanent', `the seat ${file} cannot be opened`, 'Check that the PM2 home exists and belongs to the user the monitor runs as, and that the disk is not full.', { cause });
}
