import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeliveryDelay } from '../../bot/channels/channel.js';
import type { Relay } from '../../bot/relay.js';
import { HypercareError } from '../../src/domain/errors.js';
import type { Incident } from '../../src/domain/incident.js';
import { eventsOf, tell } from '../../src/store/events.js';
import { takeFence } from '../../src/store/hosts.js';
import { changeIncident, openIncident, resolveIncident } from '../../src/store/incidents.js';
import { endLaunch } from '../../src/store/launches.js';
import { closeQuestion } from '../../src/store/questions.js';
import type { Store } from '../../src/store/store.js';
import { asked, broken, launched } from '../src/commands/stage.js';
import { openHouse, openPlace, type House, type Place } from './stage.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const never = new AbortController().signal;

let house: House;
let place: Place;
beforeEach(async () => {
  house = await openHouse();
  place = openPlace('place', house.clock);
});
afterEach(() => house.close());

const away = (): HypercareError => new HypercareError('place.away', 'transient', 'nobody answers', null);
const refused = (): HypercareError => new HypercareError('place.refused', 'permanent', 'the channel is archived', 'Unarchive it.');

/** An incident of the shop that was just told to be open. */
async function opened(): Promise<Incident> {
  const incident = await broken(house);
  await house.tell('incident.opened', { incidentId: incident.id });
  return incident;
}

async function openedElsewhere(): Promise<Incident> {
  const incident = await house.store.write((tx) => openIncident(tx, { resourceId: house.blog, launchId: null, kind: 'crash-loop', severity: 'critical', emergency: false, title: 'it crashes at once' }, house.now));
  await house.tell('incident.opened', { incidentId: incident.id });
  return incident;
}

/** Plans what was told, and waits until all of it is due. */
async function due(relay: Relay): Promise<void> {
  await relay.pass(never);
  house.pass(2_000);
}

async function over({ id }: Incident): Promise<void> {
  await house.store.write((tx) => resolveIncident(tx, id, 'pm2.reload mended it', house.now));
  await house.tell('incident.resolved', { incidentId: id });
}

describe('the live card of an incident', () => {
  it('is one card for all events that wait, under the key of the newest', async () => {
    const incident = await opened();
    await house.tell('remediation.started', { incidentId: incident.id });
    await house.tell('remediation.ended', { incidentId: incident.id });
    await house.settle(house.relay(place));
    const newest = (await eventsOf(house.store.db, incident.id)).at(-1);
    expect(place.said).toMatchObject([{ key: newest?.id, previous: undefined, card: { subject: incident.id, level: 'critical' } }]);
  });

  it('is edited in place from then on', async () => {
    const relay = house.relay(place);
    const incident = await opened();
    await house.settle(relay);
    house.pass(MINUTE);
    await over(incident);
    await house.settle(relay);
    expect(place.said.map(({ previous, card }) => [previous, card.level])).toEqual([[undefined, 'critical'], [{ n: 1 }, 'good']]);
  });

  it('is edited by the process that comes after this one', async () => {
    const incident = await opened();
    await house.settle(house.relay(place));
    await over(incident);
    await house.settle(house.relay(place));
    expect(place.standing()).toEqual([expect.stringContaining('shop: over after')]);
  });

  it('waits for two seconds when it opens, and tells what was decided meanwhile in the same message', async () => {
    const relay = house.relay(place);
    const incident = await opened();
    await house.settle(relay, 1_500);
    expect(place.said).toEqual([]);
    house.pass(1_500);
    await asked(house, incident);
    await house.tell('question.asked', { incidentId: incident.id });
    await house.settle(relay);
    expect(place.said.map(({ card }) => card.buttons.length)).toEqual([3]);
  });

  it('is one card, and no alarm, for what was over before its first delivery', async () => {
    const incident = await opened();
    house.pass(MINUTE);
    await over(incident);
    await house.settle(house.relay(place));
    expect(place.said.map(({ card }) => card.level)).toEqual(['good']);
  });

  it('is drawn as it stands when its turn comes, not as it was', async () => {
    const relay = house.relay(place);
    const incident = await opened();
    await house.store.write((tx) => changeIncident(tx, incident.id, { title: 'all endpoints fail' }));
    await house.settle(relay);
    expect(place.standing()).toEqual(['shop: all endpoints fail']);
  });

  it('is not delivered again when nothing happened', async () => {
    const relay = house.relay(place);
    await opened();
    await house.settle(relay);
    house.pass(24 * HOUR);
    await house.settle(relay);
    expect(place.said).toHaveLength(1);
  });
});

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
    const { call: _call, ...mute } = place;
    const incident = await opened();
    await asked(house, incident);
    await house.tell('question.asked', { incidentId: incident.id });
    await house.settle(house.relay(mute));
    expect(place.said).toHaveLength(1);
  });
});

describe('what is posted anew', () => {
  it('the six hours and the end of a launch; its start is edited by nothing', async () => {
    const relay = house.relay(place);
    const launch = await launched(house);
    for (const kind of ['launch.started', 'launch.six_hours', 'launch.ended'] as const) {
      if (kind === 'launch.ended') await house.store.write((tx) => endLaunch(tx, launch.id, 'stable', house.now));
      await house.tell(kind, { launchId: launch.id });
      await house.settle(relay);
      house.pass(6 * HOUR);
    }
    expect(place.said.map(({ previous }) => previous)).toEqual([undefined, undefined, undefined]);
    expect(place.standing()).toHaveLength(3);
  });

  it.each(['superseded', 'rolled_back'] as const)('not that a launch is %s: what took its place has a card of its own', async (state) => {
    const relay = house.relay(place);
    const launch = await launched(house);
    await house.tell('launch.started', { launchId: launch.id });
    await house.settle(relay);
    await house.store.write((tx) => endLaunch(tx, launch.id, state, house.now));
    await house.tell('launch.ended', { launchId: launch.id });
    await house.settle(relay);
    expect(place.standing()).toEqual([expect.stringMatching(/was (replaced|rolled back)/)]);
  });

  it('that PM2 is lost, and that it is back', async () => {
    const relay = house.relay(place);
    await house.tell('monitor.pm2_lost');
    await house.settle(relay);
    house.pass(MINUTE);
    await house.tell('monitor.pm2_back');
    await house.settle(relay);
    expect(place.standing()).toEqual(['vm-1: PM2\'s daemon is dead; its apps are down or run unwatched', 'vm-1: PM2\'s daemon answers again']);
  });

  it('that the bot was restarted, beside what happened to PM2', async () => {
    await house.tell('monitor.pm2_lost');
    await house.tell('bot.restarted');
    await house.settle(house.relay(place));
    expect(place.standing()).toEqual([expect.stringContaining('PM2'), 'vm-1: the bot fell silent and was restarted']);
  });

  it('nothing for the start of a monitor', async () => {
    const relay = house.relay(place);
    await house.settle(relay);
    await house.tell('monitor.started');
    await house.settle(relay);
    expect(place.said).toEqual([]);
  });
});

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
    await expect(house.relay(place, dying(house.store, writes)).pass(never)).rejects.toThrow('killed');
    house.pass(MINUTE);
    await house.settle(house.relay(place));
    const { id } = (await eventsOf(house.store.db, incident.id))[0] as { readonly id: string };
    expect(place.said.map((said) => [said.key, said.previous])).toEqual([[id, undefined], [id, previous]]);
  });

  it('before the delivery was planned loses nothing', async () => {
    await house.settle(house.relay(place));
    await opened();
    await expect(house.relay(place, dying(house.store, 0)).pass(never)).rejects.toThrow('killed');
    await house.settle(house.relay(place));
    expect(place.said).toHaveLength(1);
  });
});

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
