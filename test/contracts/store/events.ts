import { describe, expect, it } from 'vitest';
import type { EventKind } from '../../../src/domain/event.js';
import type { EventId, IncidentId, LaunchId } from '../../../src/domain/ids.js';
import { cardRef, keepCardRef } from '../../../src/store/card-refs.js';
import { dueDeliveries, endDeliveries, hasDeliveries, nextDeliveryAt, planDelivery, retryDeliveries } from '../../../src/store/deliveries.js';
import { eventsOf, eventsSince, getEvents, tell, undelivered } from '../../../src/store/events.js';
import { takeFence } from '../../../src/store/hosts.js';
import { passOver } from '../../../src/store/pass-over.js';
import { MINUTE, NOW, type Stage } from './stage.js';

export function eventsContract(stage: Stage): void {
  const incident = () => stage.unique('incident') as IncidentId;
  const told = async (kind: EventKind, now = NOW, launchId: LaunchId | null = null): Promise<EventId> => {
    await stage.write((tx) => tell(tx, stage.hostId, { kind, ...(launchId ? { launchId } : { incidentId: incident() }), body: { now } }, now));
    const [newest] = (await eventsSince(stage.store.db, stage.hostId, now, 99)).slice(-1);
    return (newest as { id: EventId }).id;
  };

  describe('events', () => {
    it('are in the order of their subject, within one millisecond too', async () => {
      const kinds = ['incident.opened', 'plan.suggested', 'question.asked', 'question.closed', 'incident.resolved'] as const;
      for (const kind of kinds) await told(kind);
      await told('launch.started', NOW, stage.unique('launch') as LaunchId);
      expect((await eventsOf(stage.store.db, incident())).map(({ kind }) => kind)).toEqual(kinds);
      const numbers = async (column: 'incident_id' | 'launch_id', id: string) =>
        (await stage.store.db.selectFrom('events').select('n').where(column, '=', id as never).orderBy('n').execute()).map(({ n }) => n);
      expect([await numbers('incident_id', incident()), await numbers('launch_id', stage.unique('launch'))]).toEqual([[1, 2, 3, 4, 5], [1]]);
    });

    it('are read by id, and from a time on', async () => {
      const [one, two] = [await told('incident.opened', NOW), await told('incident.resolved', NOW + 1)];
      expect(await getEvents(stage.store.db, [two, one])).toMatchObject([{ id: one, body: { now: NOW } }, { id: two }]);
      expect(await getEvents(stage.store.db, [])).toEqual([]);
      expect((await eventsSince(stage.store.db, stage.hostId, NOW + 1, 9)).map(({ id }) => id)).toEqual([two]);
    });
  });

  describe('deliveries', () => {
    const plan = (id: EventId, channel = 'slack', state: 'due' | 'dropped' = 'due', now = NOW) => stage.store.write((tx) => planDelivery(tx, id, channel, state, now));
    const due = async (now = NOW, channel = 'slack') => (await dueDeliveries(stage.store.db, { hostId: stage.hostId, channel }, now, 9)).map((row) => row.event_id);
    const next = (...channels: readonly string[]) => nextDeliveryAt(stage.store.db, { hostId: stage.hostId, channels });

    it('are planned once for an event and a channel', async () => {
      const id = await told('incident.opened');
      const left = async (channel: string) => (await undelivered(stage.store.db, stage.hostId, channel, NOW - 1, 9)).map((event) => event.id);
      expect([await left('slack'), await left('telegram'), await hasDeliveries(stage.store.db, { hostId: stage.hostId, channel: 'slack' })]).toEqual([[id], [id], false]);
      await plan(id);
      await plan(id, 'slack', 'dropped');
      expect([await left('slack'), await left('telegram'), await due()]).toEqual([[], [id], [id]]);
      expect(await hasDeliveries(stage.store.db, { hostId: stage.hostId, channel: 'slack' })).toBe(true);
      expect(await hasDeliveries(stage.store.db, { hostId: stage.hostId, channel: 'telegram' })).toBe(false);
      expect(await undelivered(stage.store.db, stage.hostId, 'telegram', NOW, 9)).toEqual([]);
    });

    it('are due again after a failure, and no more once they are done', async () => {
      const [one, two] = [await told('incident.opened', NOW), await told('incident.resolved', NOW + 1)];
      await plan(one, 'slack', 'due', NOW);
      await plan(two, 'slack', 'due', NOW - 5);
      expect(await due()).toEqual([two, one]);
      await stage.store.write((tx) => retryDeliveries(tx, [two], 'slack', NOW + MINUTE, 'Slack was down'));
      await stage.store.write((tx) => endDeliveries(tx, [one], 'slack', 'done', null));
      await stage.store.write((tx) => endDeliveries(tx, [], 'slack', 'dead', 'x'));
      expect([await due(), await next('slack')]).toEqual([[], NOW + MINUTE]);
      expect(await dueDeliveries(stage.store.db, { hostId: stage.hostId, channel: 'slack' }, NOW + MINUTE, 9)).toMatchObject([{ event_id: two, attempts: 1, error: 'Slack was down', state: 'due' }]);
    });

    it('wake a bot for its own host and for the channels it has, and for no other', async () => {
      await plan(await told('incident.opened'));
      const other = await stage.store.write((tx) => takeFence(tx, stage.unique('other'), NOW));
      expect([await next('slack', 'telegram'), await next('telegram'), await next()]).toEqual([NOW, null, null]);
      expect(await nextDeliveryAt(stage.store.db, { hostId: other.id, channels: ['slack'] })).toBeNull();
      expect(await dueDeliveries(stage.store.db, { hostId: other.id, channel: 'slack' }, NOW, 9)).toEqual([]);
      expect(await hasDeliveries(stage.store.db, { hostId: other.id, channel: 'slack' })).toBe(false);
    });

    it('are passed over for what a channel is not to be told, but for what is planned already', async () => {
      const [past, planned, young] = [await told('incident.opened', NOW - 2), await told('incident.changed', NOW - 1), await told('incident.resolved', NOW)];
      await plan(planned);
      await stage.store.write((tx) => passOver(tx, { hostId: stage.hostId, channel: 'slack' }, { after: NOW - MINUTE, until: NOW - 1 }, NOW));
      expect((await undelivered(stage.store.db, stage.hostId, 'slack', 0, 9)).map(({ id }) => id)).toEqual([young]);
      const states = await stage.store.db.selectFrom('deliveries').select(['event_id', 'state']).where('event_id', 'in', [past, planned]).orderBy('state').execute();
      expect(states).toEqual([{ event_id: past, state: 'dropped' }, { event_id: planned, state: 'due' }]);
    });

    it('edit the card that stands', async () => {
      const keep = (ref: string) => stage.store.write((tx) => keepCardRef(tx, incident(), 'slack', { ts: ref }));
      expect(await cardRef(stage.store.db, incident(), 'slack')).toBeUndefined();
      await keep('1');
      await keep('2');
      expect(await cardRef(stage.store.db, incident(), 'slack')).toEqual({ ts: '2' });
      expect(await stage.store.db.selectFrom('cards').select('version').where('subject', '=', incident()).execute()).toEqual([{ version: 2 }]);
    });
  });
}
