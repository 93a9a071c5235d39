import { describe, expect, it } from 'vitest';
import { baselinesOf, saveBaseline } from '../../../src/store/baselines.js';
import { getResource, lastSighting, listEdges, listResources, noteSighting, syncEdges, syncResources } from '../../../src/store/resources.js';
import { NOW, oneCheck, type Stage } from './stage.js';

export function resourcesContract(stage: Stage): void {
  describe('resources', () => {
    it('follow the config: what is gone is retired, what comes back is the same one', async () => {
      const sync = (names: readonly string[], config = {}) => stage.write((tx) => syncResources(tx, stage.hostId, names.map((name) => ({ kind: 'app', name, config })), NOW));
      expect((await sync(['shop'], { port: 1 })).map(({ name }) => name)).toEqual(['shop']);
      expect(await getResource(stage.store.db, stage.blog)).toMatchObject({ name: 'blog' });
      const both = await sync(['shop', 'blog'], { port: 2 });
      expect(both).toEqual(await listResources(stage.store.db, stage.hostId));
      expect(both).toMatchObject([{ id: stage.blog, config: { port: 2 } }, { id: stage.shop, config: { port: 2 } }]);
    });

    it('of one name are another thing in another kind', async () => {
      const found = await stage.write((tx) => syncResources(tx, stage.hostId, [{ kind: 'app', name: 'shop', config: {} }, { kind: 'dependency', name: 'shop', config: {} }], NOW));
      expect(new Set(found.map(({ id }) => id)).size).toBe(2);
    });

    it('have the edges of the config alone', async () => {
      const edge = { resourceId: stage.shop, usesId: stage.blog };
      await stage.write((tx) => syncEdges(tx, stage.hostId, [edge]));
      expect(await listEdges(stage.store.db, stage.hostId)).toEqual([edge]);
      await stage.write((tx) => syncEdges(tx, stage.hostId, []));
      expect(await listEdges(stage.store.db, stage.hostId)).toEqual([]);
    });

    it('tell a sighting from the one before', async () => {
      expect(await lastSighting(stage.store.db, stage.shop)).toBeNull();
      const note = (text: string) => stage.write((tx) => noteSighting(tx, stage.shop, text));
      expect([await note('{"a":1}'), await note('{"a":1}'), await note('{"a":2}')]).toEqual([true, false, true]);
      expect(await lastSighting(stage.store.db, stage.shop)).toEqual({ a: 2 });
      expect(await lastSighting(stage.store.db, stage.blog)).toBeNull();
    });
  });

  describe('baselines', () => {
    it('stand once for a check and a release', async () => {
      const checkId = await oneCheck(stage);
      const releaseId = stage.unique('release') as never;
      const values = [{ median: 12.5, p95: 40 }, null];
      expect(await baselinesOf(stage.store.db, [checkId], releaseId)).toEqual(new Map());
      await stage.write((tx) => saveBaseline(tx, { checkId, releaseId, n: 5, values: [] }));
      await stage.write((tx) => saveBaseline(tx, { checkId, releaseId, n: 9, values }));
      expect(await baselinesOf(stage.store.db, [checkId], releaseId)).toEqual(new Map([[checkId, { checkId, releaseId, n: 9, values }]]));
      expect(await baselinesOf(stage.store.db, [], releaseId)).toEqual(new Map());
    });
  });
}
