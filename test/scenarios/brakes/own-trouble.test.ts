import { expect, it } from 'vitest';
import { actsOn } from '../../../src/store/acts.js';
import { checksOf } from '../../../src/store/checks.js';
import { recentIncidents } from '../../../src/store/incidents.js';
import { recentSamples } from '../../../src/store/samples.js';
import type { StartedApp } from '../../doubles/pm2-home.js';
import { watchedHome } from '../watched-home.js';

const home = watchedHome();
const NAMES = ['one', 'two', 'three'];
/** It answers, but takes its time: whoever waits for it and stands still meanwhile sees a deadline pass. */
const LEISURELY = `require('node:http').createServer((request, response) => setTimeout(() => response.end('ok'), 150)).listen(Number(process.env.PORT), '127.0.0.1');`;

/** The monitor runs in this process: nothing of it runs meanwhile. */
function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('a monitor that stands still itself calls its readings off: no app is blamed, and nothing is done', { timeout: 120_000 }, async () => {
  const apps: StartedApp[] = [];
  for (const name of NAMES) apps.push(await home.pm2.startApp({ name, code: LEISURELY, awaitAnswer: true }));
  const watch = await home.watch(`apps:
${apps.map(({ url }, n) => `  ${NAMES[n]}: { url: "${url}", endpoints: [{ path: /, samples: 1, timeout: 500ms, critical: true }], liveness: { path: /, every: 1s, timeout: 500ms } }`).join('\n')}
policy:
  default: act-and-tell
`);
  await watch.steady();
  const began = Date.now();
  for (let n = 0; n < 12; n += 1) {
    standStill(1_200);
    await new Promise((turn) => setTimeout(turn, 90));
  }
  const { db } = watch.store;
  const checks = (await checksOf(db, watch.app.id)).filter(({ probe }) => probe === 'http');
  const read = (await Promise.all(checks.map(({ id }) => recentSamples(db, id, began, 100)))).flat();
  expect(read.filter(({ verdict }) => verdict === 'bad')).toEqual([]);
  expect(read.some(({ verdict, ms }) => verdict === 'error' || ms === null), 'something was called off').toBe(true);
  expect(await recentIncidents(db, watch.monitor.ctx.hostId, 5)).toEqual([]);
  expect((await actsOn(db, watch.app.id, 0)).filter(({ by }) => by === 'us')).toEqual([]);
});
