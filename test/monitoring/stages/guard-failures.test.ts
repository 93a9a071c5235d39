import { describe, expect, it } from 'vitest';
import type { ResourceId } from '../../../src/domain/ids.js';
import { endHold, openHolds } from '../../../src/store/holds.js';
import { changeIncident, openIncident, resolveIncident } from '../../../src/store/incidents.js';
import { draftPlan } from '../../../src/store/plans.js';
import { beginRemediation, endRemediation } from '../../../src/store/remediations.js';
import { guardedHouse } from './guarded-house.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const { house, clock, look, later, held, told, over, bad } = guardedHouse();

describe('too many failures', () => {
  type End = 'verified' | 'failed' | 'unclear';
  const incident = async (app: ResourceId, ends: readonly End[], left: 'resolved' | 'escalated' | 'open' = 'resolved', kind = 'hang'): Promise<void> => {
    await house.store.write(async (tx) => {
      const opened = await openIncident(tx, { resourceId: app, launchId: null, kind, severity: 'critical', emergency: false, title: 'it hangs' }, clock.now());
      for (const state of ends) {
        clock.advance(1);
        const planId = await draftPlan(tx, { incidentId: opened.id, targetId: app, repair: 'pm2.reload', args: {}, risk: 'safe', askedBy: null, requestId: null }, clock.now());
        const run = await beginRemediation(tx, { planId, resourceId: app, fingerprint: 'x', fence: 1 }, clock.now());
        await endRemediation(tx, run as never, state, 'so', clock.now() + 1);
      }
      if (left === 'resolved') await resolveIncident(tx, opened.id, 'over', clock.now());
      else await changeIncident(tx, opened.id, { state: left });
    });
    clock.advance(MINUTE);
  };
  const three = async (app: ResourceId): Promise<void> => {
    for (let n = 0; n < 3; n += 1) await incident(app, ['verified']);
  };

  it('of two apps disarm the machine on this host, and people may still ask by hand', async () => {
    await incident(house.shop, ['failed']);
    await incident(house.shop, ['verified']);
    await incident(house.shop, ['unclear']);
    await incident(house.blog, ['failed', 'failed'], 'escalated');
    await look();
    expect(await held()).toEqual([]); // Two of four are half, but of too few.
    await incident(house.shop, ['verified']);
    await bad(house.shop);
    expect(await held()).toEqual(['failures of * by hypercare: repairs did not help in 2 of the last 5 incidents within 24 h (blog, shop)']);
    expect([await over('blog'), await over('blog', 'Otto')]).toEqual([['failures'], []]);
  });

  it('of one app disarm it for that app alone, until another fails too', async () => {
    await three(house.blog);
    for (let n = 0; n < 2; n += 1) await incident(house.shop, ['failed']);
    await bad(house.blog);
    expect(await held()).toEqual(['failures of shop by hypercare: repairs did not help in 2 of the last 5 incidents within 24 h (shop)']);
    expect([await over('shop'), await over('blog')]).toEqual([['failures'], []]);
  });

  it('are incidents that no repair ended: a rung before the one that helped is none, nor one before the next', async () => {
    await three(house.blog);
    for (let n = 0; n < 3; n += 1) await incident(house.shop, ['failed', 'verified']);
    await incident(house.shop, ['failed'], 'open');
    await look();
    expect(await held()).toEqual([]);
  });

  it('are not deploys, rollbacks and rehearsals that people asked for while nothing was wrong', async () => {
    await three(house.blog);
    for (let n = 0; n < 4; n += 1) await incident(house.shop, ['failed'], 'resolved', 'manual');
    await look();
    expect(await held()).toEqual([]);
  });

  it('are counted anew after a day, or once people have lifted it', async () => {
    await bad(house.blog);
    for (let n = 0; n < 5; n += 1) await incident(house.shop, ['failed']);
    await look();
    const [failures] = await openHolds(house.store.db, house.hostId);
    await house.store.write((tx) => endHold(tx, failures?.id as never, 'Ann', clock.now()));
    await look();
    expect(await held()).toEqual([]);
    for (let n = 0; n < 5; n += 1) await incident(house.shop, ['failed']);
    await look();
    await later(24 * HOUR);
    expect([await held(), await told()]).toEqual([[], ['hold.began', 'hold.began', 'hold.ended']]);
  });
});
