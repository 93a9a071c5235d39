import { describe, expect, it } from 'vitest';
import type { Io } from '../../../src/io/io.js';
import { actsOn } from '../../../src/store/acts.js';
import { checksOf } from '../../../src/store/checks.js';
import { recentIncidents } from '../../../src/store/incidents.js';
import { remediationsIn, remediationsSince } from '../../../src/store/remediations.js';
import { recentSamples } from '../../../src/store/samples.js';
import { until } from '../../doubles/pm2-home.js';
import { releasedWatches, type ReleasedWatch } from './released.js';

const REAL_MS = 90_000;
const HOUR = 3_600_000;
const begin = releasedWatches();

/** Real requests, until this host can resolve no names any more: our trouble, and not the app's. */
function names(): { readonly outside: (real: Io) => Io; lost: boolean } {
  const resolver = {
    lost: false,
    outside: (real: Io): Io => ({
      ...real,
      http: { close: () => real.http.close(), request: (request, signal) => (resolver.lost ? Promise.resolve({ fault: 'dns' as const, text: 'getaddrinfo EAI_AGAIN', ms: 1 }) : real.http.request(request, signal)) },
    }),
  };
  return resolver;
}

async function verdicts({ begun }: ReleasedWatch, check: string, verdict: string): Promise<number> {
  const found = (await checksOf(begun.store.db, begun.app.id)).find(({ name }) => name === check);
  return (await recentSamples(begun.store.db, found?.id as never, 0, 500)).filter((sample) => sample.verdict === verdict).length;
}

const acts = async ({ begun }: ReleasedWatch): Promise<readonly (string | null)[]> => (await actsOn(begun.store.db, begun.app.id, 0)).filter(({ by }) => by === 'us').map(({ note }) => note);

describe('what cannot be measured', () => {
  it('is not sick: no incident, nothing done, and status says that nothing is known', { timeout: 180_000 }, async () => {
    const resolver = names();
    const shop = await begin('unmeasured', { outside: resolver.outside });
    resolver.lost = true;
    await until('five readings that failed', async () => (await verdicts(shop, 'http:/checkout', 'error')) >= 5 && (await verdicts(shop, 'liveness', 'error')) >= 5, REAL_MS);
    expect(await recentIncidents(shop.begun.store.db, shop.begun.monitor.ctx.hostId, 5)).toEqual([]);
    expect(await acts(shop)).toEqual([]);
    expect(await shop.begun.say('status')).toMatch(/unmeasured.*\n?.*(?:cannot be measured|could not be|not measurable|unknown)/);
  });

  it('is not healthy: a repair whose proof cannot be measured is not called a success, and leads to no rollback', { timeout: 180_000 }, async () => {
    const resolver = names();
    const shop = await begin('unproved', { outside: resolver.outside, runbook: 'pm2.reload, release.rollback' });
    await shop.deploy('v2');
    // Past the youth in which the way back comes at once.
    shop.pass(HOUR);
    shop.breaks('v2');
    const { store, monitor } = shop.begun;
    await until('a repair to be judged', async () => (await remediationsIn(store.db, monitor.ctx.hostId, ['settling'])).length > 0, REAL_MS);
    resolver.lost = true;
    shop.pass(HOUR);
    await until('it to be judged', async () => (await remediationsIn(store.db, monitor.ctx.hostId, ['settling'])).length === 0, REAL_MS);
    const seen = await verdicts(shop, 'http:/checkout', 'error');
    await until('more failed readings', async () => (await verdicts(shop, 'http:/checkout', 'error')) >= seen + 3, REAL_MS);
    expect((await remediationsSince(store.db, shop.begun.app.id, 0)).map(({ state }) => state)).toEqual(['unclear']);
    expect(await acts(shop)).toEqual(['pm2.reload']);
    expect([await shop.runs(), await shop.rollbacks()]).toEqual(['v2', 0]);
    expect(await shop.story()).toMatchInlineSnapshot(`
      "
      hypercare: the monitor began
          watches unproved
      hypercare: launch of unproved v1 began
          first seen
      tester: restore point: unproved v1 counts as stable
          it ran well for a year
      hypercare: launch of unproved v2 began
          a new release was seen running
      hypercare: incident on unproved: /checkout: status 500, some checks in a row over a while
          status 500 × some; last good 1 h ago
      hypercare: pm2.reload is tried first
          for endpoint-failing the order is pm2.reload, release.rollback
      hypercare: pm2.reload on unproved: auto
          the rule “default” lets it act and tell
      hypercare: pm2.reload on unproved began
          rule default, plan hash ‹hash›
      hypercare: pm2.reload on unproved ended: unclear
          too little could be measured to say that it helped
      hypercare: people are needed: /checkout: status 500, some checks in a row over a while
          whether pm2.reload helped cannot be told: too little could be measured to say that it helped
      "
    `);
  });
});
