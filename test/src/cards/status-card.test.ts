import { describe, expect, it } from 'vitest';
import { drawPlain } from '../../../src/cards/plain.js';
import { statusCard } from '../../../src/cards/status-card.js';
import type { AppStatus, Watch } from '../../../src/domain/app-status.js';
import { bad, BEGAN, good, incident, launch, MINUTE, NO_DEBT, OWES, question, UTC, view } from './views.js';

const watch: Watch = { monitorSeenAt: UTC.now, pm2LostAt: null };
const shop: AppStatus = { app: view().resource, verdict: 'good', why: '3 checks good', release: bad, launch: { ...launch, tier: 1, tiers: 3 }, incidents: [], waits: {}, question: null, debt: NO_DEBT, checks: [] };
const sick: AppStatus = { ...shop, verdict: 'bad', why: incident.title, incidents: [incident], question };
const named = (name: string, status: AppStatus): AppStatus => ({ ...status, app: { ...status.app, name } });
const draw = (apps: readonly AppStatus[], seen = watch): string => drawPlain(statusCard(apps, seen, UTC), { width: 72, color: false });

describe('the card of the status', () => {
  it('is short where all is well', () => {
    expect(draw([shop])).toMatchInlineSnapshot(`
      "✓ GOOD  shop: good (3 checks good)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC."
    `);
  });

  it('says what an incident waits for, where no question says it better', () => {
    const waits = { [incident.id]: 'it waits for a fresh reading of redis' };
    expect(draw([{ ...sick, question: null, waits }])).toMatch(/3 checks in a row over 20 s\n {2}Now: it waits for a fresh reading of redis\. All of it: why shop$/);
    expect(draw([{ ...sick, waits }])).not.toContain('Now:');
  });

  it('puts the worst first and names it in the title', () => {
    const blind: AppStatus = { ...named('blog', shop), verdict: 'unknown', why: 'liveness was last measured 10 min ago, and should be every 30 s' };
    expect(draw([named('api', shop), blind, sick], { ...watch, monitorSeenAt: BEGAN - 6 * MINUTE })).toMatchInlineSnapshot(`
      "✗ CRITICAL  shop bad; blog not known; 1 good
        shop: bad (/checkout: status 500, 3 checks in a row over 20 s)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC.
        Incident k2m9qx, open since 03:12 UTC, 4 min ago: /checkout: status
        500, 3 checks in a row over 20 s
        A question waits for an answer (approve shop, deny shop); expires
        03:44 UTC, in 28 min.

        blog: not known (liveness was last measured 10 min ago, and should be
        every 30 s)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC.

        api: good (3 checks good)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC.

        The monitor was last seen 03:06 UTC, 10 min ago. Start it with npm
        start if it does not run."
    `);
  });

  it('says nothing of a monitor that was just seen, though an app is not known', () => {
    const blind: AppStatus = { ...shop, verdict: 'unknown', why: 'liveness was not measured yet' };
    expect(draw([blind], { ...watch, monitorSeenAt: UTC.now - 15_000 })).not.toContain('monitor');
    expect(draw([blind], { ...watch, monitorSeenAt: UTC.now - MINUTE })).toContain('The monitor was last seen');
    expect(draw([blind], { ...watch, monitorSeenAt: null })).toContain('The monitor has never run');
  });

  it('says what keeps an app going that is good', () => {
    expect(draw([{ ...shop, debt: OWES }])).toMatchInlineSnapshot(`
      "✓ GOOD  shop: good (3 checks good)
        Release 4f2a91c (watching), live for 27 min; watched until 24 Nov
        02:49 UTC, tier 1 of 3, next full check 03:19 UTC.
        Healing debt 5 in 7 days: 4 restarts (2 by PM2 itself, 1 × pm2.kill, 1
        × pm2.reload)."
    `);
  });

  it('says that the watch is over', () => {
    const proven: AppStatus = { ...shop, release: good, launch: { ...launch, state: 'stable', tier: null, tiers: 3 } };
    expect(draw([proven])).toMatch(/its watch has ended\s+\(stable\)\./);
  });

  it('tells since when PM2 does not answer', () => {
    expect(draw([shop], { ...watch, pm2LostAt: BEGAN })).toContain('PM2’s daemon has not answered since 03:12 UTC, 4 min ago.');
  });

  it('says that nothing is watched, and does not call that good', () => {
    expect(statusCard([], watch, UTC)).toMatchObject({ title: 'no app is watched', level: 'warning' });
  });
});
