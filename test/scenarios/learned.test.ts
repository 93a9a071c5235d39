import { afterAll, beforeAll, expect, it } from 'vitest';
import { pastRun } from '../doubles/past-run.js';
import { startPm2Home, type Pm2Home } from '../doubles/pm2-home.js';
import { beginWatch, BRISK } from './watch.js';

const DAY = 24 * 3_600_000;

/** /break/a makes /a answer 500 until a restart. */
const FRAGILE = `
const http = require('node:http');
const broken = new Set();
http.createServer((request, response) => {
  const [, act, what] = request.url.split('/');
  if (act === 'break') broken.add(what);
  response.writeHead(broken.has(act) ? 500 : 200).end();
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

let home: Pm2Home;
beforeAll(async () => {
  home = await startPm2Home();
});
afterAll(() => home.stop());

it('asks for what helped before, says with its counts why that comes first, and what it costs', { timeout: 90_000 }, async () => {
  const app = await home.startApp({ name: 'taught', code: FRAGILE, awaitAnswer: true });
  const watch = await beginWatch((dataDir) => `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(home.home)}
apps:
  taught:
    url: ${app.url}
    endpoints: [{ path: /a, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
policy: { default: ask }
people: [{ name: Ann, role: approver, terminal: tester }]
${BRISK}`);
  try {
    const now = watch.monitor.ctx.clock.now();
    await watch.store.write(async (tx) => {
      for (let n = 0; n < 8; n += 1) await pastRun(tx, { appId: watch.app.id, at: now - (20 - 2 * n) * DAY, repair: 'pm2.restart', kind: 'endpoint-failing' });
      for (let n = 0; n < 4; n += 1) await pastRun(tx, { appId: watch.app.id, at: now - (40 - 2 * n) * DAY, repair: 'pm2.reload', kind: 'endpoint-failing', state: 'failed' });
    });
    await watch.steady();
    await fetch(`${app.url}break/a`);
    await watch.asked();
    expect(await watch.card()).toContain('It is tried before its turn in the runbook: pm2.restart helped 8 of 8 times (at least 68 %), pm2.reload 0 of 4.');
    await watch.say('approve', 'taught');
    await watch.incident('resolved');
    expect(await watch.say('why', 'taught')).toContain('pm2.restart is tried before its turn in the runbook (pm2.restart helped 8 of 8 times (at least 68 %), pm2.reload 0 of 4; for endpoint-failing the order is ');
    expect(await watch.say('learned', 'taught')).toMatchInlineSnapshot(`
      "
      i INFO  taught: what became of 13 repairs
        For endpoint-failing:
        - pm2.reload helped 0 of 4 times (at least 0 %)
        - pm2.restart helped 8 of 8 times (at least 68 %), 1 not known yet
        So pm2.restart is tried before pm2.reload.
        Healing debt 1 in 7 days: 1 restart (1 × pm2.restart).

        a repair helped where the problem stayed away for 24 h; orders change from 4 runs on, and a rollback is never moved
      "
    `);
    expect(await watch.say('status', 'taught')).toContain('Healing debt 1 in 7 days: 1 restart (1 × pm2.restart).');
  } finally {
    await watch.stop();
  }
});
