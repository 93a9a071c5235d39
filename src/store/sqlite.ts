import Database from 'better-sqlite3';
import { HypercareError } from '../domain/errors.js';
import { ImmediateDialect } from './sqlite-dialect.js';

/**
 * Opening alone waits inside SQLite: two processes that make a file of WAL at once, or one that closes it as its last
 * user, lock it for some milliseconds, and nothing else runs yet that could stall.
 */
const OPEN_WAIT_MS = 5_000;
/** KiB of pages a connection keeps; better-sqlite3's own default of 16,000 would weigh more than the rest of an idle monitor's store. */
const CACHE_KIB = 4_000;

/** Opens (and creates) the file: WAL, and synchronous FULL, so that what was said survives a power cut. */
export function openSqlite(file: string): { readonly dialect: ImmediateDialect; readonly raw: Database.Database } {
  let raw: Database.Database | null = null;
  try {
    raw = new Database(file, { timeout: OPEN_WAIT_MS });
    raw.pragma('journal_mode = WAL');
    raw.pragma('synchronous = FULL');
    raw.pragma('foreign_keys = OFF');
    raw.pragma(`cache_size = -${CACHE_KIB}`);
    raw.pragma('busy_timeout = 0');
    return { dialect: new ImmediateDialect(raw), raw };
  } catch (error) {
    raw?.close();
    throw new HypercareError('store.unopenable', 'permanent', `the store ${file} cannot be opened`, 'Check that its folder exists and belongs to this user, that it is a store of hypercare, and that the disk is not full.', { cause: error });
  }
}
