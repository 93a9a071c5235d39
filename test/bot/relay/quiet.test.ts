import { describe, expect, it } from 'vitest';
import type { TimeWindow } from '../../../src/domain/time-window.js';
import type { Incident } from '../../../src/domain/incident.js';
import { beginHold } from '../../../src/store/holds.js';
import { changeIncident, openIncident } from '../../../src/store/incidents.js';
import { asked } from '../../src/commands/stage.js';
import { tellingHouse } from './telling.js';

const MINUTE = 60_000;
const { house, place, opened, over } = tellingHouse();

/** From now on, for an hour, by UTC. */
function quietForAnHour(): readonly TimeWindow[] {
  const now = new Date(house.now);
  const from = now.getUTCHours() * 60 + now.getUTCMinutes();
  return [{ days: [0, 1, 2, 3, 4, 5, 6], from, to: (from + 60) % 1_440, zone: 'UTC', text: 'now' }];
}

async function warned(at: 'shop' | 'blog', kind = 'latency'): Promise<Incident> {
  const incident = await house.store.write((tx) => openIncident(tx, { resourceId: house[at], launchId: null, kind, severity: 'warning', emergency: false, title: `${at} is slow` }, house.now));
  await house.tell('incident.opened', { incidentId: incident.id });
  return incident;
}

const titles = (): readonly string[] => place.said.map(({ card }) => card.title);

describe('in quiet hours', () => {
  it('what is critical is told, and what is not waits until they are over', async () => {
    const relay = house.relay(place, { quietHours: quietForAnHour() });
    await warned('blog');
    await opened();
    await house.settle(relay, 30 * MINUTE);
    expect(titles()).toEqual([expect.stringContaining('shop')]);
    await house.settle(relay, 61 * MINUTE);
    expect(titles()).toEqual([expect.stringContaining('shop'), expect.stringContaining('blog')]);
  });

  it.each([['failures', 1], ['storm', 1], ['flap', 0]] as const)('that hypercare repairs nothing any more is told at once: %s', async (kind, times) => {
    const relay = house.relay(place, { quietHours: quietForAnHour() });
    const hold = await house.store.write((tx) => beginHold(tx, house.hostId, { kind, scope: '*', author: 'hypercare', reason: 'it', until: null, key: null }, house.now));
    await house.tell('hold.began', { body: { hold: hold?.id as string } });
    await house.settle(relay, 30 * MINUTE);
    expect(titles()).toHaveLength(times);
  });

  it('what becomes critical is told then, as it stands', async () => {
    const relay = house.relay(place, { quietHours: quietForAnHour() });
    const incident = await warned('blog');
    await house.settle(relay, MINUTE);
    await house.store.write((tx) => changeIncident(tx, incident.id, { severity: 'critical' }));
    await house.tell('incident.changed', { incidentId: incident.id });
    await house.settle(relay, MINUTE);
    expect(place.said.map(({ card }) => card.level)).toEqual(['critical']);
  });

  it('a card that stands is kept true, and nobody is called under it', async () => {
    const incident = await warned('shop');
    await house.settle(house.relay(place));
    const relay = house.relay(place, { quietHours: quietForAnHour() });
    await asked(house, incident);
    await house.tell('question.asked', { incidentId: incident.id });
    await house.settle(relay, 10 * MINUTE);
    expect([place.said.length, place.called.length]).toEqual([1, 0]);
    await house.tell('incident.changed', { incidentId: incident.id });
    await house.settle(relay, MINUTE);
    expect(place.said.at(-1)).toMatchObject({ card: { subject: incident.id }, previous: { n: 1 } });
    expect(place.called).toEqual([]);
    await house.settle(relay, 61 * MINUTE);
    expect(place.called, 'when they are over').toHaveLength(1);
  });

  it('what somebody asks for by hand is asked about at once', async () => {
    const incident = await warned('shop', 'manual');
    await asked(house, incident, { askedBy: 'Otto' });
    await house.tell('question.asked', { incidentId: incident.id });
    await house.settle(house.relay(place, { quietHours: quietForAnHour() }), MINUTE);
    expect(place.called).toHaveLength(1);
  });

  it.each([['store.full', 1], ['monitor.pm2_lost', 1], ['store.room', 0]] as const)('%s is told %i times', async (kind, times) => {
    await house.tell(kind);
    await house.settle(house.relay(place, { quietHours: quietForAnHour() }), MINUTE);
    expect(place.said).toHaveLength(times);
  });

  it('what came and went meanwhile is told on one card when they are over', async () => {
    const relay = house.relay(place, { quietHours: quietForAnHour() });
    await house.settle(relay);
    for (const at of ['blog', 'shop', 'blog'] as const) {
      const incident = await warned(at);
      house.pass(5 * MINUTE);
      await over(incident);
    }
    await house.settle(relay, 90 * MINUTE);
    expect(place.said).toHaveLength(1);
    expect(place.said[0]?.card).toMatchObject({ level: 'good', title: '3 problems came and went: blog, shop' });
    expect(place.said[0]?.card.body[0]?.split('\n')).toEqual([expect.stringMatching(/blog: blog is slow \(over after 5 min\)$/), expect.stringMatching(/shop: shop is slow/), expect.stringMatching(/blog: blog is slow/)]);
    await house.settle(relay, 90 * MINUTE);
    expect(place.said, 'once').toHaveLength(1);
  });

  it('one that came and went has a card of its own, and what is still open too', async () => {
    const relay = house.relay(place, { quietHours: quietForAnHour() });
    await over(await warned('blog'));
    await warned('shop');
    await house.settle(relay, 90 * MINUTE);
    expect(titles().toSorted()).toEqual([expect.stringMatching(/^blog/), expect.stringMatching(/^shop/)]);
  });
});
