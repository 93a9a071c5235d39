import { afterEach, beforeEach, expect, it } from 'vitest';
import { detectors } from '../../../monitoring/detectors/index.js';
import { applyClaims } from '../../../monitoring/stages/claims.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { DetectorClaims } from '../../../src/domain/finding.js';
import type { Resource } from '../../../src/domain/resource.js';
import { eventsSince } from '../../../src/store/events.js';
import { changeIncident, openIncidentOf } from '../../../src/store/incidents.js';
import { draftPlan, movePlan } from '../../../src/store/plans.js';
import { getResource, syncResources } from '../../../src/store/resources.js';
import { handClock, keepLog, type HandClock } from '../../bot/stage.js';
import { BEGAN } from '../../src/cards/views.js';
import { openStage, type Stage } from '../../src/commands/stage.js';

let house: Stage;
let clock: HandClock;
beforeEach(async () => {
  house = await openStage();
  clock = handClock(BEGAN);
});
afterEach(() => house.close());

function present(detector: keyof typeof detectors, title: string): DetectorClaims {
  return { detector, claims: [{ state: 'present', fingerprint: detector, kind: detector, severity: 'critical', emergency: false, title, evidence: [] }] };
}

const absent = (detector: keyof typeof detectors): DetectorClaims => ({ detector, claims: [{ state: 'absent', fingerprint: detector }] });

/** What the incident is called after these claims. */
async function named(...made: readonly DetectorClaims[]): Promise<string | undefined> {
  clock.advance(1_000);
  const ctx = { store: house.store, hostId: house.hostId, clock, log: keepLog(), units: { detectors }, settings: { hotMs: 1, confirmForMs: 1 } } as unknown as StageContext;
  const shop = await getResource(house.store.db, house.shop);
  await house.store.write((tx) => applyClaims(tx, ctx, shop, null, made));
  return (await openIncidentOf(house.store.db, house.shop))?.title;
}

it('a crash loop keeps its name while PM2 starts the process again and again', async () => {
  const down = present('process-down', 'shop is stopped');
  const loop = present('crash-loop', 'crash loop');
  expect(await named(down)).toBe('shop is stopped');
  const names = [await named(loop), await named(absent('process-down'), loop), await named(down, loop), await named(absent('process-down'), loop), await named(loop, down)];
  expect(names).toEqual(Array.from(names, () => 'crash loop'));
  const told = (await eventsSince(house.store.db, house.hostId, 0, 20)).map(({ kind }) => kind);
  expect(told).toEqual(['incident.opened', 'incident.changed']);
  expect(await named(absent('crash-loop'), down)).toBe('shop is stopped');
});

it('a cause that is found later gives the incident its name, and what it looks like from outside does not take it back', async () => {
  const endpoints = present('endpoint-failing', '/checkout: status 500');
  const hang = present('hang', 'hangs');
  expect([await named(endpoints), await named(hang), await named(endpoints, hang), await named(endpoints)]).toEqual(['/checkout: status 500', 'hangs', 'hangs', 'hangs']);
});

it('a problem that becomes another kind goes on behind what was tried, in the ladder of that', async () => {
  const ladders: Readonly<Record<string, readonly string[]>> = { 'endpoint-failing': ['pm2.reload', 'pm2.restart', 'release.rollback'], 'all-endpoints-failing': ['pm2.restart', 'release.rollback'], hang: ['pm2.kill'] };
  const settings = { hotMs: 1, confirmForMs: 1, ladder: (kind: string) => (ladders[kind] ?? []).map((repair) => ({ repair, args: {} })) };
  const ctx = { store: house.store, hostId: house.hostId, clock, log: keepLog(), units: { detectors }, settings } as unknown as StageContext;
  const shop = await getResource(house.store.db, house.shop);
  const claim = async (detector: keyof typeof detectors) => {
    await house.store.write((tx) => applyClaims(tx, ctx, shop, null, [present(detector, detector)]));
    return openIncidentOf(house.store.db, house.shop);
  };
  const incident = await claim('endpoint-failing');
  await house.store.write(async (tx) => {
    for (const repair of ['pm2.reload', 'pm2.restart']) {
      const id = await draftPlan(tx, { incidentId: incident?.id as never, targetId: house.shop, repair, args: {}, risk: 'safe', askedBy: null, requestId: null }, clock.now());
      await movePlan(tx, id, 'drafted', 'done');
    }
    await changeIncident(tx, incident?.id as never, { rung: 2 });
  });
  expect(await claim('all-endpoints-failing')).toMatchObject({ kind: 'all-endpoints-failing', rung: 1 });
  expect(await claim('hang')).toMatchObject({ kind: 'hang', rung: 0 });
});

it('of a server, what was handed to people as advice begins its ladder when it keeps its users from working', async () => {
  const ctx = { store: house.store, hostId: house.hostId, clock, log: keepLog(), units: { detectors }, settings: { hotMs: 1, confirmForMs: 1 } } as unknown as StageContext;
  const claim = (kind: string, severity: 'info' | 'critical'): DetectorClaims => ({ detector: 'postgres', claims: [{ state: 'present', fingerprint: kind, kind, severity, emergency: false, title: kind, evidence: [] }] });
  const db = await house.store.write(async (tx) => (await syncResources(tx, house.hostId, [{ kind: 'postgres', name: 'db', config: {} }], clock.now())).find(({ kind }) => kind === 'postgres') as Resource);
  await house.store.write((tx) => applyClaims(tx, ctx, db, null, [claim('postgres-bloat', 'info')]));
  const advice = await openIncidentOf(house.store.db, db.id);
  await house.store.write((tx) => changeIncident(tx, advice?.id as never, { state: 'escalated', rung: 2, reason: 'nothing is left to try' }));
  await house.store.write((tx) => applyClaims(tx, ctx, db, null, [claim('postgres-blocked', 'critical')]));
  expect(await openIncidentOf(house.store.db, db.id)).toMatchObject({ id: advice?.id, kind: 'postgres-blocked', severity: 'critical', state: 'open', rung: 0, reason: null });
  // And where that alone is over, nobody is needed any more.
  await house.store.write((tx) => changeIncident(tx, advice?.id as never, { state: 'escalated', rung: 2, reason: 'nothing is left to try', emergency: true }));
  await house.store.write((tx) => applyClaims(tx, ctx, db, null, [{ detector: 'postgres', claims: [{ state: 'absent', fingerprint: 'postgres-blocked' }] }, claim('postgres-bloat', 'info')]));
  expect(await openIncidentOf(house.store.db, db.id)).toMatchObject({ id: advice?.id, kind: 'postgres-bloat', severity: 'info', emergency: false, state: 'open', reason: null });
});

it('what somebody has seen is theirs while it stays what it is, and is told anew when it gets worse', async () => {
  const ctx = { store: house.store, hostId: house.hostId, clock, log: keepLog(), units: { detectors }, settings: { hotMs: 1, confirmForMs: 1 } } as unknown as StageContext;
  const shop = await getResource(house.store.db, house.shop);
  const claim = async (severity: 'warning' | 'critical', emergency: boolean) => {
    await house.store.write((tx) => applyClaims(tx, ctx, shop, null, [{ detector: 'endpoint-failing', claims: [{ state: 'present', fingerprint: 'x', kind: 'endpoint-failing', severity, emergency, title: `${severity} ${emergency}`, evidence: [] }] }]));
    return (await openIncidentOf(house.store.db, house.shop))?.ackedBy;
  };
  const seen = async () => house.store.write(async (tx) => changeIncident(tx, (await openIncidentOf(tx, house.shop))?.id as never, { ackedAt: clock.now(), ackedBy: 'Ann' }));
  await claim('critical', false);
  await seen();
  expect([await claim('critical', false), await claim('warning', false)]).toEqual(['Ann', 'Ann']);
  expect(await claim('critical', false)).toBeNull();
  await seen();
  expect([await claim('critical', false), await claim('critical', true)]).toEqual(['Ann', null]);
});
