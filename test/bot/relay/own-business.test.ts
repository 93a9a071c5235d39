import { describe, expect, it } from 'vitest';
import { tell } from '../../../src/store/events.js';
import { takeFence } from '../../../src/store/hosts.js';
import { refused, tellingHouse } from './telling.js';
import { openPlace } from '../stage.js';

const never = new AbortController().signal;

const { house, place, opened, due } = tellingHouse();

describe('whose business it is', () => {
  it('speaks for its own host alone', async () => {
    const other = await house.store.write((tx) => takeFence(tx, 'vm-2', house.now));
    await house.store.write((tx) => tell(tx, other.id, { kind: 'monitor.pm2_lost' }, house.now));
    const relay = house.relay(place);
    await house.settle(relay);
    expect([place.said, await relay.nextAt()]).toEqual([[], null]);
  });

  it('is not woken by what waits for a channel that is no longer configured', async () => {
    const gone = openPlace('gone', house.clock);
    await opened();
    gone.faults.push(refused());
    await house.settle(house.relay(gone), 10_000);
    const relay = house.relay(place);
    await house.settle(relay);
    expect(await relay.nextAt()).toBeNull();
  });

  it('stops between two cards when it is told to', async () => {
    const relay = house.relay(place);
    await opened();
    await due(relay);
    const stopped = new AbortController();
    stopped.abort();
    await relay.pass(stopped.signal);
    expect(place.said).toEqual([]);
    await relay.pass(never);
    expect(place.said).toHaveLength(1);
  });
});
