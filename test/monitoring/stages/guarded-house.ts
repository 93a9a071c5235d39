/** What tests of the stage `guard` begin with: it over a store, at a clock that is moved by hand. */
import { join } from 'node:path';
import { guard } from '../../../monitoring/stages/guard.js';
import { holdsOver } from '../../../monitoring/stages/holding.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { ResourceId } from '../../../src/domain/ids.js';
import type { MaintenanceWindow } from '../../../src/policy/maintenance.js';
import { eventsSince } from '../../../src/store/events.js';
import { openHolds } from '../../../src/store/holds.js';
import { openIncident, openIncidentOf, resolveIncident } from '../../../src/store/incidents.js';
import { handClock, keepLog } from '../../bot/stage.js';
import { givenEach } from '../../doubles/given.js';
import { BEGAN } from '../../src/cards/views.js';
import { stageOfEachTest } from '../../src/commands/spoken.js';

export const AFTER_STORM = 10 * 60_000;

/** Each test has its own. */
export function guardedHouse() {
  const house = stageOfEachTest();
  const clock = givenEach(() => handClock(BEGAN));
  const stage = givenEach(guard);
  const maintenance = givenEach((): { windows: readonly MaintenanceWindow[] } => ({ windows: [] }));
  const ctx = () => ({ store: house.store, hostId: house.hostId, clock, log: keepLog(), freezeFile: join(house.dir, 'freeze'), settings: { afterStormMs: AFTER_STORM, maintenance: maintenance.windows } }) as unknown as StageContext;
  const look = (): Promise<boolean> => stage.run(ctx());
  return {
    house, clock, stage, maintenance, ctx, look,
    async later(ms: number): Promise<void> {
      clock.advance(ms);
      await look();
    },
    /** What is held now, as the host's people would read it in a list. */
    async held(): Promise<readonly string[]> {
      return (await openHolds(house.store.db, house.hostId)).map(({ kind, scope, author, reason }) => `${kind} of ${scope} by ${author}: ${reason}`);
    },
    async told(): Promise<readonly string[]> {
      const events = await eventsSince(house.store.db, house.hostId, 0, 100);
      return events.filter(({ kind }) => kind.startsWith('hold.')).map(({ kind }) => kind);
    },
    over: (name: string, askedBy: string | null = null, ails: string | null = null) => holdsOver(house.store.db, ctx(), { name, askedBy, ails }).then((all) => all.map(({ kind }) => kind)),
    async bad(resourceId: ResourceId, launchId: string | null = null): Promise<void> {
      await house.store.write((tx) => openIncident(tx, { resourceId, launchId: launchId as never, kind: 'endpoint-failing', severity: 'critical', emergency: false, title: 'it fails' }, clock.now()));
      await look();
    },
    async good(resourceId: ResourceId): Promise<void> {
      const open = await openIncidentOf(house.store.db, resourceId);
      await house.store.write((tx) => resolveIncident(tx, open?.id as never, 'good again by itself', clock.now()));
      await look();
    },
  };
}
