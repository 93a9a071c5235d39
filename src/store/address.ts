import { join } from 'node:path';
import type { StoreAddress } from './store.js';

/** The SQLite file of a data directory. */
export function storeFile(config: { readonly dataDir: string }): string {
  return join(config.dataDir, 'hypercare.db');
}

/** DATABASE_URL where it is set, else the file. */
export function storeAddress(config: { readonly dataDir: string }, secrets: { readonly DATABASE_URL?: string }): StoreAddress {
  return secrets.DATABASE_URL ? { url: secrets.DATABASE_URL } : { file: storeFile(config) };
}
