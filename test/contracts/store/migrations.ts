import { Migrator, sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { takeFence } from '../../../src/store/hosts.js';
import { isMigrated, migrate } from '../../../src/store/migrate.js';
import { migrations } from '../../../src/store/migrations/index.js';
import { getPerson, personOf, syncPeople } from '../../../src/store/people.js';
import { putRequest } from '../../../src/store/requests.js';
import { openStore, type Store, type StoreAddress } from '../../../src/store/store.js';
import { NOW } from './stage.js';

export function migrationsContract(empty: () => Promise<StoreAddress>): void {
  async function on<T>(address: StoreAddress, use: (store: Store) => Promise<T>): Promise<T> {
    const store = openStore(address);
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }
  const usable = async (store: Store) => {
    expect(await isMigrated(store)).toBe(true);
    expect((await store.write((tx) => takeFence(tx, 'vm', NOW))).fence).toBeGreaterThan(0);
  };

  describe('migrating', () => {
    it('makes a new store usable, and does nothing the second time', async () => {
      await on(await empty(), async (store) => {
        expect(await isMigrated(store)).toBe(false);
        await migrate(store);
        await usable(store);
        await migrate(store);
        await usable(store);
      });
    });

    it('is done once when two do it at once', async () => {
      const address = await empty();
      await on(address, (one) => on(address, async (two) => {
        await Promise.all([migrate(one), migrate(two)]);
        await usable(one);
        await usable(two);
      }));
    });

    it('keeps who was known when people became those of a host, with their answers and the keys of their wishes', async () => {
      await on(await empty(), async (store) => {
        const before = Object.fromEntries(Object.entries(migrations(store.engine)).filter(([name]) => name < '0008'));
        await new Migrator({ db: store.db, provider: { getMigrations: async () => before } }).migrateToLatest();
        const { id } = await store.write((tx) => takeFence(tx, 'vm', NOW));
        await sql`insert into people (id, name, role, retired) values ('ann', 'Ann', 'approver', 0)`.execute(store.db);
        await sql`insert into accounts (platform, user_id, person_id) values ('slack', 'U1', 'ann')`.execute(store.db);
        await sql`insert into requests (id, host_id, verb, args, person_id, via, key, at) values ('r', ${id}, 'freeze', '{}', 'ann', 'slack', 'slack:U1:n', ${NOW})`.execute(store.db);
        await migrate(store);
        expect(await personOf(store.db, id, { platform: 'slack', userId: 'U1' })).toEqual({ id: 'ann', name: 'Ann', role: 'approver' });
        const again = { resourceId: null, verb: 'freeze', args: {}, personId: 'ann', via: 'slack', key: 'slack:U1:n' } as const;
        expect(await store.write((tx) => putRequest(tx, id, again as never, NOW))).toBe('r');
        await store.write((tx) => syncPeople(tx, id, [{ name: 'Ann', role: 'viewer', accounts: [] }], NOW));
        expect(await getPerson(store.db, id, 'ann' as never)).toEqual({ id: 'ann', name: 'Ann', role: 'viewer' });
      });
    });

    it('leaves nothing behind when it fails on its way, and succeeds once that is mended', async () => {
      await on(await empty(), async (store) => {
        await sql`create table audits (x integer)`.execute(store.db);
        await expect(migrate(store)).rejects.toMatchObject({ code: 'store.migration', cause: expect.objectContaining({ message: expect.stringContaining('audits') }) });
        expect(await isMigrated(store)).toBe(false);
        const tables = (await store.db.introspection.getTables()).map(({ name }) => name);
        expect(tables).toEqual(['audits']);
        await sql`drop table audits`.execute(store.db);
        await migrate(store);
        await usable(store);
      });
    });

    it('is refused for a store that a newer version wrote, by monitor, bot and command line', async () => {
      await on(await empty(), async (store) => {
        await migrate(store);
        await sql`insert into kysely_migration (name, timestamp) values ('9999-newer', '2030-01-01T00:00:00.000Z')`.execute(store.db);
        const refusal = { code: 'store.newer', message: expect.stringContaining('9999-newer'), mend: expect.stringContaining('newer version') };
        await expect(migrate(store)).rejects.toMatchObject(refusal);
        await expect(isMigrated(store)).rejects.toMatchObject(refusal);
      });
    });
  });
}
