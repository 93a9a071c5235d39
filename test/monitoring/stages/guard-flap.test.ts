import { describe, expect, it } from 'vitest';
import { endHold, openHolds } from '../../../src/store/holds.js';
import { launched } from '../../src/commands/stage.js';
import { guardedHouse } from './guarded-house.js';

const MINUTE = 60_000;
const { house, clock, later, held, told, over, bad, good } = guardedHouse();

describe('an app that comes and goes', () => {
  const blink = async (launchId: string): Promise<void> => {
    await bad(house.shop, launchId);
    await later(2 * MINUTE);
    await good(house.shop);
    await later(2 * MINUTE);
  };

  it('is left alone the fourth time within an hour, with one message, until it is steady for an hour', async () => {
    const { id } = await launched(house);
    for (let times = 0; times < 3; times += 1) await blink(id);
    expect(await held()).toEqual([]);
    await blink(id);
    expect(await held()).toEqual(['flap of shop by hypercare: the same problem came and went 3 times within 1 h']);
    for (let times = 0; times < 5; times += 1) await blink(id);
    await later(57 * MINUTE);
    expect([await held(), await told()]).toEqual([['flap of shop by hypercare: the same problem came and went 3 times within 1 h'], ['hold.began']]);
    await later(MINUTE);
    expect([await held(), await told()]).toEqual([[], ['hold.began', 'hold.ended']]);
  });

  it('and then stays bad is an ordinary problem again after ten minutes', async () => {
    const { id } = await launched(house);
    for (let times = 0; times < 4; times += 1) await blink(id);
    await bad(house.shop, id);
    await later(9 * MINUTE);
    expect(await over('shop')).toEqual(['flap']);
    await later(MINUTE);
    expect(await over('shop')).toEqual([]);
  });

  it('starts with a clean slate in another release, and when people lift the hold', async () => {
    const { id } = await launched(house);
    for (let times = 0; times < 4; times += 1) await blink(id);
    const [flap] = await openHolds(house.store.db, house.hostId);
    await house.store.write((tx) => endHold(tx, flap?.id as never, 'Ann', clock.now()));
    clock.advance(1);
    await blink(id);
    await blink(id);
    expect(await held()).toEqual([]);
    await blink('another launch');
    await blink('another launch');
    expect(await held()).toEqual([]);
  });
});
