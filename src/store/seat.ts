import { join } from 'node:path';
import Database from 'better-sqlite3';
import { HypercareError } from '../domain/errors.js';

/**
 * The seat of a PM2 home: whoever holds it may act there. It is an exclusively locked small SQLite file inside that
 * home, so two installations with different stores on one PM2 exclude each other too, and the kernel frees it when its
 * holder dies (takeover after kill -9 was measured at 7 ms). A frozen holder keeps it.
 */
export interface Seat {
  release(): void;
}

/** Whoever holds the seat of this PM2 home has this file open. */
export function seatFile(pm2Home: string): string {
  return join(pm2Home, 'hypercare.seat');
}

/** Null when another process holds it. Throws `seat.unopenable` for what waiting does not mend. */
export function takeSeat(pm2Home: string): Seat | null {
  const file = seatFile(pm2Home);
  let lock: Database.Database;
  try {
    lock = new Database(file, { timeout: 0 });
  } catch (error) {
    throw unopenable(file, error);
  }
  try {
    lock.exec('begin exclusive');
    return hold(lock);
  } catch (error) {
    lock.close();
    if (String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) return null;
    throw unopenable(file, error);
  }
}

/** A lock that nothing refers to would be collected as garbage, and the seat be free while its holder acts on. */
function hold(lock: Database.Database): Seat {
  const release = () => {
    process.removeListener('exit', release);
    lock.close();
  };
  process.once('exit', release);
  return { release };
}

function unopenable(file: string, cause: unknown): HypercareError {
  return new HypercareError('seat.unopenable', 'permanent', `the seat ${file} cannot be opened`, 'Check that the PM2 home exists and belongs to the user the monitor runs as, and that the disk is not full.', { cause });
}
