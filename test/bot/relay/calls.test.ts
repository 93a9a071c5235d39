import { describe, expect, it } from 'vitest';
import { changeIncident } from '../../../src/store/incidents.js';
import { closeQuestion } from '../../../src/store/questions.js';
import { asked } from '../../src/commands/stage.js';
import { away, tellingHouse } from './telling.js';
import { openPlace } from '../stage.js';

const MINUTE = 60_000;

const { house, place, opened, openedElsewhere, due } = tellingHouse();

describe('calling people', () => {
  it('calls once for a question that opens under a card that stands', async () => {
    const relay = house.relay(place);
    const incident = await opened();
    await house.settle(relay);
    await asked(house, incident);
    await house.tell('question.asked', { incidentId: incident.id });
    await house.settle(relay);
    await house.settle(relay, MINUTE);
    expect(place.called).toMatchObject([{ at: { n: 1 }, fresh: false, call: { text: expect.stringContaining('shop: may I') as string } }]);
    expect(place.called[0]?.call.people).toContainEqual({ name: 'Ann', platform: 'slack', userId: 'U0ANN' });
    expect(new Set(place.called[0]?.call.people.map(({ name }) => name))).toEqual(new Set(['Ann', 'Bob']));
  });

  it('says that the card was posted just now where the question came with it', async () => {
    const incident = await opened();
    await asked(house, incident);
    await house.tell('question.asked', { incidentId: incident.id });
    await house.settle(house.relay(place));
    expect(place.called.map(({ fresh }) => fresh)).toEqual([true]);
    // For channels in which a post holds its call.
    expect(place.said.map(({ beside }) => beside)).toEqual(place.called.map(({ call }) => call));
  });

  it('calls before the question expires, and when the machine has stopped', async () => {
    const relay = house.relay(place);
    const incident = await opened();
    await house.settle(relay);
    const { question } = await asked(house, incident);
    await house.tell('question.warned', { incidentId: incident.id });
    await house.settle(relay);
    await house.store.write(async (tx) => {
      await closeQuestion(tx, question.id, 'expired', 'nobody answered in time', house.now);
      await changeIncident(tx, incident.id, { state: 'escalated', reason: 'nobody answered in time' });
    });
    await house.tell('incident.escalated', { incidentId: incident.id });
    await house.settle(relay);
    expect(place.called.map(({ call }) => call.text.split('.')[0])).toEqual([expect.stringContaining('?'), 'shop needs you: nobody answered in time']);
  });

  it('reminds nobody who was called here a moment ago, as where the place was away till then', async () => {
    const relay = house.relay(place);
    const incident = await opened();
    await house.store.write((tx) => changeIncident(tx, incident.id, { state: 'escalated', reason: 'nothing is left to try' }));
    await house.tell('incident.escalated', { incidentId: incident.id });
    await house.settle(relay);
    for (const [afterMs, times] of [[MINUTE, 1], [10 * MINUTE, 2]] as const) {
      house.pass(afterMs);
      await house.tell('incident.reminded', { incidentId: incident.id });
      await house.settle(relay);
      expect(place.called).toHaveLength(times);
    }
  });

  it('calls nobody for a question that is over by the time it could be told', async () => {
    const relay = house.relay(place);
    const incident = await opened();
    await house.settle(relay);
    const { question } = await asked(house, incident);
    await house.tell('question.asked', { incidentId: incident.id });
    await house.store.write((tx) => closeQuestion(tx, question.id, 'approved', 'Ann', house.now));
    await house.tell('question.closed', { incidentId: incident.id });
    await house.settle(relay);
    expect([place.said.length, place.called]).toEqual([2, []]);
  });

  it('posts no second card when the call alone failed', async () => {
    const incident = await opened();
    await asked(house, incident);
    await house.tell('question.asked', { incidentId: incident.id });
    place.callFaults.push(away());
    await house.settle(house.relay(place), MINUTE);
    expect([place.standing().length, place.called.length]).toEqual([1, 1]);
  });

  it('calls whoever has the turn, the next one too where nobody answers, and then everybody', async () => {
    const relay = house.relay(place, { onCall: { people: ['Bob', 'Ann'], days: 7, from: { date: new Date(house.now).toISOString().slice(0, 10), minutes: 0 }, zone: 'UTC' } });
    const incident = await opened();
    await asked(house, incident);
    for (const kind of ['question.asked', 'incident.reminded', 'incident.reminded'] as const) {
      await house.tell(kind, { incidentId: incident.id });
      await house.settle(relay);
      house.pass(15 * MINUTE);
    }
    expect(place.called.map(({ call }) => [...new Set(call.people.map(({ name }) => name))])).toEqual([['Bob'], ['Ann', 'Bob'], ['Ann', 'Bob']]);
  });

  it.each([['two have to say yes', { need: 2, kind: 'question.asked' }], ['the question is about to expire', { need: 1, kind: 'question.warned' }]] as const)('calls everybody where %s', async (_why, { need, kind }) => {
    const incident = await opened();
    await asked(house, incident, { need });
    await house.tell(kind, { incidentId: incident.id });
    await house.settle(house.relay(place, { onCall: { people: ['Bob'], days: 7, from: { date: '2026-11-16', minutes: 0 }, zone: 'UTC' } }));
    expect(new Set(place.called[0]?.call.people.map(({ name }) => name))).toEqual(new Set(['Ann', 'Bob']));
  });

  it('goes first when much is to be told', async () => {
    await openedElsewhere();
    const incident = await opened();
    const relay = house.relay(place);
    await due(relay);
    await asked(house, incident);
    await house.tell('question.asked', { incidentId: incident.id });
    await house.settle(relay);
    expect(place.said.map(({ card }) => card.subject === incident.id)).toEqual([true, false]);
  });

  it('does without a call where a channel has none', async () => {
    const { call: _call, ...mute } = openPlace('mute', house.clock);
    const incident = await opened();
    await asked(house, incident);
    await house.tell('question.asked', { incidentId: incident.id });
    await house.settle(house.relay(mute));
    expect(mute.said).toHaveLength(1);
  });
});
