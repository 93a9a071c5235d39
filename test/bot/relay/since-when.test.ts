import { describe, expect, it } from 'vitest';
import { asked } from '../../src/commands/stage.js';
import { tellingHouse } from './telling.js';
import { openPlace } from '../stage.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const { house, place, opened, openedElsewhere, over } = tellingHouse();

describe('a channel that is new', () => {
  it('is not told the past, at its first pass nor at any later one', async () => {
    const past = await opened();
    await over(past);
    await house.settle(house.relay(openPlace('old', house.clock)));
    house.pass(HOUR);
    const relay = house.relay(place);
    await house.settle(relay);
    await openedElsewhere();
    await house.settle(relay);
    await house.settle(relay);
    expect(place.standing()).toEqual(['blog: it crashes at once']);
  });

  it('gets a card of each incident that is still open', async () => {
    const incident = await opened();
    await asked(house, incident);
    await house.tell('question.asked', { incidentId: incident.id });
    house.pass(20 * MINUTE);
    await house.settle(house.relay(place));
    expect(place.said.map(({ card }) => [card.subject, card.buttons.length])).toEqual([[incident.id, 3]]);
  });

  it('is told what happened in the last ten minutes', async () => {
    const incident = await opened();
    await over(incident);
    house.pass(9 * MINUTE);
    await house.settle(house.relay(place));
    expect(place.said).toHaveLength(1);
  });
});

describe('a bot that was away', () => {
  it('tells after a day what happened meanwhile, each thing once and as it stands', async () => {
    await house.settle(house.relay(place));
    await over(await opened());
    await openedElsewhere();
    house.pass(24 * HOUR);
    await house.settle(house.relay(place));
    expect(place.said.map(({ card }) => card.level).toSorted()).toEqual(['critical', 'good']);
  });

  it('does not tell after a week', async () => {
    await house.settle(house.relay(place));
    await opened();
    house.pass(7 * 24 * HOUR);
    await house.settle(house.relay(place));
    expect(place.said).toEqual([]);
  });
});
