import { describe, expect, it } from 'vitest';
import { DeliveryDelay } from '../../../bot/channels/channel.js';
import { eventsOf } from '../../../src/store/events.js';
import type { Store } from '../../../src/store/store.js';
import { away, refused, tellingHouse } from './telling.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const never = new AbortController().signal;

const { house, place, opened, openedElsewhere, due, over } = tellingHouse();

describe('a channel that fails', () => {
  it('is left alone as a whole for twice as long each time, up to five minutes, and gets the newest state in the end', async () => {
    const relay = house.relay(place);
    const incident = await opened();
    place.faults.push(...Array.from({ length: 12 }, away));
    const tries: number[] = [];
    const deliver = place.deliver.bind(place);
    place.deliver = async (...given) => {
      tries.push(house.clock.now());
      return deliver(...given);
    };
    await house.settle(relay, HOUR);
    const waits = tries.slice(1).map((at, index) => Math.round((at - (tries[index] as number)) / 1_000));
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]);
    expect(place.said).toHaveLength(1);
    await over(incident);
    await house.settle(relay);
    expect(place.standing()).toEqual([expect.stringContaining('over')]);
  });

  it('is not asked about another card while it is away', async () => {
    const relay = house.relay(place);
    await opened();
    await openedElsewhere();
    place.faults.push(away());
    await due(relay);
    await relay.pass(never);
    expect([place.said, place.faults]).toEqual([[], []]);
    expect(await relay.nextAt()).toBe(house.clock.now() + 2_000);
    await house.settle(relay);
    expect(place.said).toHaveLength(2);
  });

  it('is asked again when the platform itself says, and not before', async () => {
    const relay = house.relay(place);
    await opened();
    place.faults.push(new DeliveryDelay(42_000));
    await house.settle(relay, 10_000);
    expect([place.said, await relay.nextAt()]).toEqual([[], house.clock.now() + 42_000]);
    await house.settle(relay, 42_000);
    expect(place.said).toHaveLength(1);
  });

  it('holds up only the card that it refuses, tells the operator what to do, and is asked again after five minutes', async () => {
    const relay = house.relay(place);
    await opened();
    await openedElsewhere();
    place.faults.push(refused());
    await house.settle(relay, 10_000);
    expect(place.said).toHaveLength(1);
    expect(house.log.lines.join()).toMatch(/^error a card could not be delivered; it is tried again .*Unarchive it/);
    await house.settle(relay, 5 * MINUTE);
    expect(place.said).toHaveLength(2);
  });

  it('is given up in the end, loudly', async () => {
    const relay = house.relay(place);
    await opened();
    place.faults.push(away());
    await due(relay);
    await house.store.db.updateTable('deliveries').set({ attempts: 170 }).execute();
    await house.settle(relay, 10_000);
    expect(house.log.lines.at(-1)).toMatch(/^error a card could not be delivered, and is given up/);
    expect([place.said, await relay.nextAt()]).toEqual([[], null]);
  });

  it('has a minute for one card, and is tried again after that', async () => {
    const relay = house.relay(place);
    await opened();
    await due(relay);
    const deliver = place.deliver.bind(place);
    place.deliver = () => new Promise(() => undefined);
    const passing = relay.pass(never);
    await expect.poll(() => house.clock.advance(MINUTE) ?? house.log.lines.length).toBe(1);
    await passing;
    place.deliver = deliver;
    await house.settle(relay, 10_000);
    expect(place.said).toHaveLength(1);
  });
});

describe('a kill', () => {
  /** A store whose process dies at its n-th write from now on. */
  function dying(store: Store, writes: number): Store {
    let left = writes;
    return {
      ...store,
      write: async (fn) => {
        left -= 1;
        if (left < 0) throw new Error('killed');
        return store.write(fn);
      },
    };
  }

  it.each([
    ['before the place of the card was kept: posted again', 0, undefined],
    ['after it was kept: edited where it stands', 1, { n: 1 }],
  ])('between delivery and mark, %s, under the same key', async (_, writes, previous) => {
    await house.settle(house.relay(place));
    const incident = await opened();
    await due(house.relay(place));
    await expect(house.relay(place, { store: dying(house.store, writes) }).pass(never)).rejects.toThrow('killed');
    house.pass(MINUTE);
    await house.settle(house.relay(place));
    const { id } = (await eventsOf(house.store.db, incident.id))[0] as { readonly id: string };
    expect(place.said.map((said) => [said.key, said.previous])).toEqual([[id, undefined], [id, previous]]);
  });

  it('before the delivery was planned loses nothing', async () => {
    await house.settle(house.relay(place));
    await opened();
    await expect(house.relay(place, { store: dying(house.store, 0) }).pass(never)).rejects.toThrow('killed');
    await house.settle(house.relay(place));
    expect(place.said).toHaveLength(1);
  });
});
