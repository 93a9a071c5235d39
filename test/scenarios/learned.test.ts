import { expect, it } from 'vitest';
import { pastRun } from '../doubles/past-run.js';
import { FRAGILE } from './breaking-apps.js';
import { watchedHome } from './watched-home.js';

const DAY = 24 * 3_600_000;

const home = watchedHome();

it('asks for what helped before, says with its counts why that comes first, and what it costs', { timeout: 90_000 }, async () => {
  const app = await home.pm2.startApp({ name: 'taught', code: FRAGILE, awaitAnswer: true });
  const watch = await home.watch(`apps:
  taught:
    url: ${app.url}
    endpoints: [{ path: /a, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
policy: { default: ask }
people: [{ name: Ann, role: approver, terminal: tester }]
`);
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
});
