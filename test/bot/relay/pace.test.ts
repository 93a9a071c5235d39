import { describe, expect, it } from 'vitest';
import { tell } from '../../../src/store/events.js';
import { openIncident } from '../../../src/store/incidents.js';
import { tellingHouse } from './telling.js';

const MINUTE = 60_000;
const never = new AbortController().signal;

const { house, place, opened } = tellingHouse();

describe('how fast a place is spoken to', () => {
  async function incidents(count: number): Promise<void> {
    await house.store.write(async (tx) => {
      for (let n = 0; n < count; n += 1) {
        const { id } = await openIncident(tx, { resourceId: `app-${n}` as never, launchId: null, kind: 'crash-loop', severity: 'critical', emergency: false, title: `fault ${n}` }, house.now);
        await tx.insertInto('resources').values({ id: `app-${n}` as never, host_id: house.hostId, kind: 'app', name: `app-${n}`, config: '{}', retired: 0, sighting: null }).execute();
        await tell(tx, house.hostId, { kind: 'incident.opened', incidentId: id }, house.now);
      }
    });
  }

  it('once a second', async () => {
    await incidents(3);
    await house.settle(house.relay(place));
    const [first, ...others] = place.said.map(({ at }) => at);
    expect(others.map((at) => at - (first as number))).toEqual([1_000, 2_000]);
  });

  it('twenty times a minute, and all of it in the end', async () => {
    await incidents(45);
    await house.settle(house.relay(place), 10 * MINUTE);
    expect(place.said).toHaveLength(45);
    const inAnyMinute = place.said.map(({ at }) => place.said.filter((other) => other.at >= at && other.at < at + MINUTE).length);
    expect(Math.max(...inAnyMinute)).toBe(20);
  });

  it('one change after the other of the same thing is told together', async () => {
    const relay = house.relay(place);
    const incident = await opened();
    await house.settle(relay);
    for (let n = 0; n < 30; n += 1) {
      house.pass(100);
      await house.tell('incident.changed', { incidentId: incident.id });
      await relay.pass(never);
    }
    await house.settle(relay);
    expect(place.said.length).toBeLessThanOrEqual(1 + 4);
  });
});
