import { describe, expect, it } from 'vitest';
import { tell } from '../../../src/store/events.js';
import { botSeen, hostByName, monitorSeen, monitorStopped, pm2Lost, takeFence } from '../../../src/store/hosts.js';
import { openIncident, resolveIncident } from '../../../src/store/incidents.js';
import { hostWithoutPm2, pm2BackAt } from '../../../src/store/pm2-death.js';
import { syncResources } from '../../../src/store/resources.js';
import { PM2_DEAD } from '../../../src/domain/incident.js';
import { fenced } from '../../../src/store/fenced.js';
import { watchOf } from '../../../src/store/watch.js';
import { NOW, openOn, type Stage } from './stage.js';

export function hostsContract(stage: Stage): void {
  describe('hosts and their fence', () => {
    it('registers a host once, and raises its fence each time', async () => {
      const again = await stage.store.write((tx) => takeFence(tx, stage.hostName, NOW + 1));
      expect(again).toEqual({ id: stage.hostId, fence: stage.fence + 1 });
      expect(await hostByName(stage.store.db, stage.hostName)).toMatchObject({ id: stage.hostId, monitor_seen_at: NOW + 1, bot_seen_at: null });
      expect(await hostByName(stage.store.db, 'nobody')).toBeNull();
    });

    it('gives two monitors that take over at once two fences', async () => {
      const [one, two] = await Promise.all([stage.store, stage.another()].map((store) => store.write((tx) => takeFence(tx, stage.hostName, NOW))));
      expect(one?.id).toBe(two?.id);
      expect(new Set([one?.fence, two?.fence])).toEqual(new Set([stage.fence + 1, stage.fence + 2]));
    });

    it('fails every write under an old fence with seat.lost, and keeps nothing of it', async () => {
      const other = stage.another();
      const { fence } = await other.write((tx) => takeFence(tx, stage.hostName, NOW));
      await expect(stage.write((tx) => openOn(tx, stage.shop))).rejects.toMatchObject({ code: 'seat.lost' });
      const open = await stage.store.db.selectFrom('incidents').select('id').where('resource_id', '=', stage.shop).execute();
      expect(open).toEqual([]);
      await fenced(other, stage.hostId, fence).write((tx) => openOn(tx, stage.shop));
    });

    it('lets nobody write in between a fenced transaction and its end', async () => {
      const other = stage.another();
      let taken = false;
      let late: Promise<unknown> = Promise.resolve();
      await stage.write(async (tx) => {
        late = other.write((other) => takeFence(other, stage.hostName, NOW)).then(() => (taken = true));
        await openOn(tx, stage.shop);
        expect(taken).toBe(false);
      });
      await late;
      await expect(stage.write((tx) => openOn(tx, stage.blog))).rejects.toMatchObject({ code: 'seat.lost' });
    });

    it('knows since when the disk of the store is full, from what was told last', async () => {
      const fullAt = async () => (await watchOf(stage.store.db, stage.hostId)).storeFullAt;
      await stage.write((tx) => tell(tx, stage.hostId, { kind: 'store.full' }, NOW + 1));
      await stage.write((tx) => tell(tx, stage.hostId, { kind: 'bot.restarted' }, NOW + 2));
      expect(await fullAt()).toBe(NOW + 1);
      await stage.write((tx) => tell(tx, stage.hostId, { kind: 'store.room' }, NOW + 3));
      expect(await fullAt()).toBeNull();
    });

    it('remembers who was seen when, and since when PM2 is lost', async () => {
      await stage.write(async (tx) => {
        await monitorSeen(tx, stage.hostId, NOW + 1);
        await botSeen(tx, stage.hostId, NOW + 2);
        await pm2Lost(tx, stage.hostId, NOW + 3);
      });
      expect(await watchOf(stage.store.db, stage.hostId)).toEqual({ monitorSeenAt: NOW + 1, pm2LostAt: NOW + 3, botSeenAt: NOW + 2, storeFullAt: null });
      expect(await hostByName(stage.store.db, stage.hostName)).toMatchObject({ bot_seen_at: NOW + 2 });
      await stage.write((tx) => pm2Lost(tx, stage.hostId, null));
      expect(await watchOf(stage.store.db, stage.hostId)).toMatchObject({ pm2LostAt: null });
      await stage.write((tx) => monitorStopped(tx, stage.hostId));
      expect(await watchOf(stage.store.db, stage.hostId)).toMatchObject({ monitorSeenAt: null });
    });

    it('are what their apps lack from when PM2 is lost until it is proved to be back', async () => {
      const { db } = stage.store;
      const without = async () => (await hostWithoutPm2(db, stage.hostId))?.name ?? null;
      const wanted = [['app', 'blog'], ['app', 'shop'], ['host', 'host']] as const;
      const machine = (await stage.write((tx) => syncResources(tx, stage.hostId, wanted.map(([kind, name]) => ({ kind, name, config: {} })), NOW))).find(({ kind }) => kind === 'host');
      expect([await without(), await pm2BackAt(db, stage.hostId)]).toEqual([null, null]);
      await stage.write((tx) => pm2Lost(tx, stage.hostId, NOW));
      expect(await without()).toBe('host');
      const dead = await stage.write(async (tx) => {
        await pm2Lost(tx, stage.hostId, null);
        return openIncident(tx, { resourceId: machine?.id as never, launchId: null, kind: PM2_DEAD, severity: 'critical', emergency: false, title: 'it died' }, NOW);
      });
      expect(await without()).toBe('host');
      await stage.write((tx) => resolveIncident(tx, dead.id, 'it is back', NOW + 9));
      expect([await without(), await pm2BackAt(db, stage.hostId)]).toEqual([null, NOW + 9]);
    });
  });
}
