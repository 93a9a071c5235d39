/** What tests of the relay begin with: a house with one place to tell, and what happens there. */
import type { Relay } from '../../../bot/relay.js';
import { HypercareError } from '../../../src/domain/errors.js';
import type { Incident } from '../../../src/domain/incident.js';
import { openIncident, resolveIncident } from '../../../src/store/incidents.js';
import { givenEach } from '../../doubles/given.js';
import { broken } from '../../src/commands/stage.js';
import { openHouse, openPlace } from '../stage.js';

const never = new AbortController().signal;

export const away = (): HypercareError => new HypercareError('place.away', 'transient', 'nobody answers', null);
export const refused = (): HypercareError => new HypercareError('place.refused', 'permanent', 'the channel is archived', 'Unarchive it.');

/** Each test has its own. */
export function tellingHouse() {
  const house = givenEach(openHouse, (one) => one.close());
  const place = givenEach(() => openPlace('place', house.clock));
  return {
    house, place,
    /** An incident of the shop that was just told to be open. */
    async opened(): Promise<Incident> {
      const incident = await broken(house);
      await house.tell('incident.opened', { incidentId: incident.id });
      return incident;
    },
    async openedElsewhere(): Promise<Incident> {
      const incident = await house.store.write((tx) => openIncident(tx, { resourceId: house.blog, launchId: null, kind: 'crash-loop', severity: 'critical', emergency: false, title: 'it crashes at once' }, house.now));
      await house.tell('incident.opened', { incidentId: incident.id });
      return incident;
    },
    /** Plans what was told, and waits until all of it is due. */
    async due(relay: Relay): Promise<void> {
      await relay.pass(never);
      house.pass(2_000);
    },
    async over({ id }: Incident): Promise<void> {
      await house.store.write((tx) => resolveIncident(tx, id, 'pm2.reload mended it', house.now));
      await house.tell('incident.resolved', { incidentId: id });
    },
  };
}
