import type { Store } from './store.js';

/**
 * The store of a process whose commits others wait for: after each it pokes them. On SQLite the file tells by itself and
 * `poke` does nothing; on PostgreSQL nobody else would look before his next slow round. A write does not wait for it.
 */
export function poking(store: Store, poke: () => Promise<void>): Store {
  return {
    ...store,
    async write(fn) {
      const result = await store.write(fn);
      void poke();
      return result;
    },
  };
}
