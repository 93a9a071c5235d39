import { describe, expect, it } from 'vitest';
import { eventsOf } from '../../../src/store/events.js';
import { changeIncident } from '../../../src/store/incidents.js';
import { endLaunch } from '../../../src/store/launches.js';
import { asked, launched } from '../../src/commands/stage.js';
import { tellingHouse } from './telling.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const { house, place, opened, over } = tellingHouse();

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

  it('that nothing can be measured, and that it can again', async () => {
    const relay = house.relay(place);
    await house.tell('monitor.blind', { body: { checks: [{ resource: 'shop', check: 'liveness', note: 'no such name' }] } });
    await house.settle(relay);
    house.pass(MINUTE);
    await house.tell('monitor.sees');
    await house.settle(relay);
    expect(place.standing()).toEqual(['vm-1: shop cannot be measured for more than half an hour', 'vm-1: everything can be measured again']);
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
