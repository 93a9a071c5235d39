import { beforeEach, describe, expect, it } from 'vitest';
import { afterHold, begin, end } from '../../../monitoring/stages/holding.js';
import { retire } from '../../../monitoring/stages/retire.js';
import { NEVER } from '../../../monitoring/stages/stage.js';
import type { Verdict } from '../../../src/domain/check.js';
import type { Hold } from '../../../src/domain/hold.js';
import type { Incident } from '../../../src/domain/incident.js';
import type { ResourceId } from '../../../src/domain/ids.js';
import { checksOf, syncChecks } from '../../../src/store/checks.js';
import { endHold, openHolds } from '../../../src/store/holds.js';
import { getIncident, openIncidentOf } from '../../../src/store/incidents.js';
import { draftPlan, keepDecision } from '../../../src/store/plans.js';
import { listResources, syncEdges, syncResources } from '../../../src/store/resources.js';
import { insertSamples } from '../../../src/store/samples.js';
import { BEGAN } from '../../src/cards/views.js';
import { AFTER_STORM, guardedHouse } from './guarded-house.js';

const MINUTE = 60_000;
const { house, clock, ctx, look, later, held, told, over, bad, good } = guardedHouse();

describe('a storm', () => {
  const names = ['api', 'blog', 'chat', 'mail', 'shop'];
  let ids: ReadonlyMap<string, ResourceId>;
  beforeEach(async () => {
    const resources = [...names.map((name) => ({ kind: 'app' as const, name, config: {} })), { kind: 'dependency' as const, name: 'payments', config: {} }];
    await house.store.write((tx) => syncResources(tx, house.hostId, resources, BEGAN));
    ids = new Map((await listResources(house.store.db, house.hostId)).map(({ name, id }) => [name, id]));
  });
  const id = (name: string): ResourceId => ids.get(name) as ResourceId;

  it('is half of the apps and at least three: then no app is repaired by itself', async () => {
    await bad(id('api'));
    await bad(id('blog'));
    expect(await held()).toEqual([]);
    await bad(id('chat'));
    expect(await held()).toEqual(['storm of * by hypercare: 3 of 5 apps fell sick at once (api, blog, chat)']);
    expect([await over('shop'), await over('shop', 'Ann')]).toEqual([['storm'], []]);
  });

  it('holds ten minutes longer than it blows, and is told once', async () => {
    for (const name of ['api', 'blog', 'chat']) await bad(id(name));
    await good(id('chat'));
    await later(9 * MINUTE);
    expect(await held()).toHaveLength(1);
    await bad(id('mail'));
    await good(id('mail'));
    await later(9 * MINUTE);
    expect(await held()).toHaveLength(1);
    expect(await told()).toEqual(['hold.began']);
    await later(MINUTE);
    expect([await held(), await told()]).toEqual([[], ['hold.began', 'hold.ended']]);
  });

  it('over a dependency holds not what is done to an app because it ails that; what holds the dependency, and a storm over all, does', async () => {
    await house.store.write((tx) => syncEdges(tx, house.hostId, [{ resourceId: id('shop'), usesId: id('payments') }]));
    await bad(id('payments'));
    expect([await over('shop'), await over('shop', null, 'payments'), await over('shop', null, 'cache')]).toEqual([['storm'], [], ['storm']]);
    await house.store.write((tx) => begin(tx, ctx(), { kind: 'freeze', scope: 'payments', author: 'Ann', reason: 'we look', until: null, key: null }));
    expect([await over('shop', null, 'payments'), await over('shop', 'Ben', 'payments')]).toEqual([['freeze'], ['freeze']]);
    for (const name of ['api', 'blog', 'chat']) await bad(id(name));
    expect(await over('shop', null, 'payments')).toContain('storm');
  });

  it('over a dependency holds the apps that need it, and no other', async () => {
    await house.store.write((tx) => syncEdges(tx, house.hostId, [{ resourceId: id('shop'), usesId: id('api') }, { resourceId: id('api'), usesId: id('payments') }]));
    await bad(id('payments'));
    expect(await held()).toEqual(['storm of api,shop by hypercare: payments is bad, which they need: it fails']);
    expect([await over('shop'), await over('api'), await over('blog')]).toEqual([['storm'], ['storm'], []]);
    expect(await told()).toEqual([]); // The incident of payments says it.
  });

  it('names those that are bad now', async () => {
    for (const name of ['api', 'blog', 'chat']) await bad(id(name));
    await bad(id('mail'));
    await good(id('api'));
    expect(await held()).toEqual(['storm of * by hypercare: 3 of 5 apps fell sick at once (blog, chat, mail)']);
    expect(await told()).toEqual(['hold.began']);
  });

  const check = async (app: string, verdicts: readonly Verdict[]): Promise<void> => {
    const wanted = { resourceId: id(app), name: `${app} pm2`, probe: 'pm2', options: {}, cadence: 'every', everyMs: 1_000, critical: true } as const;
    await house.store.write((tx) => syncChecks(tx, house.hostId, [wanted], clock.now()));
    const [made] = await checksOf(house.store.db, id(app));
    for (const verdict of verdicts) {
      clock.advance(1);
      await house.store.write((tx) => insertSamples(tx, [{ checkId: made?.id as never, at: clock.now(), verdict, ms: null, values: [], note: null }]));
    }
  };

  it('counts no app that never was well', async () => {
    await check('chat', ['bad', 'bad']);
    for (const name of ['api', 'blog', 'chat']) await bad(id(name));
    expect(await held()).toEqual([]);
    await check('chat', ['good', 'bad']);
    await look();
    expect(await held()).toHaveLength(1);
  });

  it('is not prolonged by readings that could not be made', async () => {
    await check('chat', ['good', 'bad']);
    for (const name of ['api', 'blog', 'chat']) await bad(id(name));
    await check('chat', ['error']);
    await look();
    await later(AFTER_STORM);
    expect(await held()).toEqual([]);
  });

  it('that a person lifted does not begin again for the same apps, but for one more', async () => {
    for (const name of ['api', 'blog', 'chat']) await bad(id(name));
    const [storm] = await openHolds(house.store.db, house.hostId);
    await house.store.write((tx) => endHold(tx, storm?.id as never, 'Ann', clock.now()));
    await later(MINUTE);
    expect(await held()).toEqual([]);
    await bad(id('mail'));
    expect(await held()).toEqual(['storm of * by hypercare: 4 of 5 apps fell sick at once (api, blog, chat, mail)']);
  });

  it('that names an app which the config no longer has ends when the monitor begins', async () => {
    for (const name of ['api', 'blog', 'chat']) await bad(id(name));
    await house.store.write((tx) => syncResources(tx, house.hostId, ['api', 'blog', 'mail', 'shop'].map((name) => ({ kind: 'app', name, config: {} })), clock.now()));
    await house.store.write((tx) => retire(tx, ctx(), []));
    await look();
    expect([await held(), await told()]).toEqual([[], ['hold.began', 'hold.ended']]);
  });

  it('makes a plan wait: it is not told again and again, and goes on when the storm is over', async () => {
    for (const name of ['api', 'blog', 'chat']) await bad(id(name));
    const incident = (await openIncidentOf(house.store.db, id('api'))) as Incident;
    await house.store.write(async (tx) => {
      const planId = await draftPlan(tx, { incidentId: incident.id, targetId: id('api'), repair: 'pm2.reload', args: {}, risk: 'safe', askedBy: null, requestId: null }, clock.now());
      const decision = { verdict: 'deny', rule: 'hold:storm', why: 'hypercare holds it' } as const;
      await keepDecision(tx, planId, decision, 'denied');
      await afterHold(tx, ctx(), await getIncident(tx, incident.id), { repair: 'pm2.reload', decision });
    });
    expect(await getIncident(house.store.db, incident.id)).toMatchObject({ state: 'open', nextAt: NEVER, reason: 'waits with pm2.reload: hypercare holds it' });
    await good(id('chat'));
    await later(AFTER_STORM);
    expect(await getIncident(house.store.db, incident.id)).toMatchObject({ state: 'open', nextAt: clock.now(), reason: null });
  });
});

describe('two holds over one app', () => {
  it('of which one ends leave no reason that no longer holds: it is planned for anew, and meets the other', async () => {
    await bad(house.shop);
    const incident = (await openIncidentOf(house.store.db, house.shop)) as Incident;
    await house.store.write(async (tx) => {
      const storm = await begin(tx, ctx(), { kind: 'storm', scope: '*', author: 'hypercare', reason: '4 of 5 apps are bad', until: null, key: 'storm' });
      await begin(tx, ctx(), { kind: 'freeze', scope: 'shop', author: 'Ann', reason: 'hands off', until: null, key: null });
      const planId = await draftPlan(tx, { incidentId: incident.id, targetId: house.shop, repair: 'pm2.kill', args: {}, risk: 'safe', askedBy: null, requestId: null }, clock.now());
      const decision = { verdict: 'deny', rule: 'hold:storm', why: 'hypercare holds it: 4 of 5 apps are bad' } as const;
      await keepDecision(tx, planId, decision, 'denied');
      await afterHold(tx, ctx(), await getIncident(tx, incident.id), { repair: 'pm2.kill', decision });
      await end(tx, ctx(), storm as Hold, { person: 'Ann' });
    });
    expect(await getIncident(house.store.db, incident.id)).toMatchObject({ state: 'open', nextAt: clock.now(), reason: null });
  });
});
