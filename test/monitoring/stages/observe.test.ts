import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { observe } from '../../../monitoring/stages/observe.js';
import { earliestChecks } from '../../../src/store/checks.js';
import { createGlance } from '../../../src/store/glance.js';
import { startPm2Home, until } from '../../doubles/pm2-home.js';
import { startWatched } from '../../doubles/watched.js';

// A check stays due while it is measured. A page that takes its fifteen seconds must not keep the loop passing all the while.
it('is not woken by what is being measured already', async () => {
  let asked = 0;
  const server = createServer(() => void (asked += 1));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const pm2 = await startPm2Home();
  const { port } = server.address() as AddressInfo;
  const watched = await startWatched((dataDir) => `data_dir: ${JSON.stringify(dataDir)}\npm2_home: ${JSON.stringify(pm2.home)}\napps: { shop: { url: "http://127.0.0.1:${port}", endpoints: [/], liveness: false } }\n`);
  try {
    const { store, monitor: { ctx } } = watched;
    const glance = createGlance(store.db, ctx.hostId);
    await until('the page to be asked', () => asked > 0);
    await until('the other checks to be read', async () => (await earliestChecks(store.db, ctx.hostId, 9)).filter(({ nextAt }) => nextAt <= ctx.clock.now()).length === 1);
    const seen = await glance();
    expect(seen.checkAt).toBeLessThanOrEqual(ctx.clock.now());
    expect(await observe.nextAt?.(ctx, seen)).toBeGreaterThan(ctx.clock.now());
  } finally {
    server.closeAllConnections();
    server.close();
    await watched.stop();
    await pm2.stop();
  }
});
