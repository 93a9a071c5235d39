import { afterEach, expect, it } from 'vitest';
import { answers, faultyApp, startPm2Home, until, type Pm2Home } from '../doubles/pm2-home.js';
import { brisk } from './brisk.js';
import { beginWatch, type Watch } from './watch.js';

let home: Pm2Home;
let watch: Watch;
afterEach(async () => {
  await watch?.stop();
  await home?.stop();
});

it('a dead daemon is told, and comes back with its apps when a person asks for it', { timeout: 90_000 }, async () => {
  home = await startPm2Home();
  const app = await home.startApp({ name: 'shop', code: faultyApp, awaitAnswer: true });
  await home.pm2('save');
  watch = await beginWatch(brisk(home, `
apps:
  shop:
    url: ${app.url}
    endpoints: [{ path: /, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
policy: { default: observe }
people: [{ name: Ann, role: approver, terminal: tester }]
`));
  await watch.steady();
  await home.killDaemon();
  await until('the app to be gone', async () => !(await answers(app.url)));
  await until('it to be told', async () => (await watch.say('status')).includes('has not answered since'));
  expect(await watch.say('repair', 'pm2.resurrect', 'host', '--dry-run')).toContain('pm2 resurrect: shop');
  await watch.say('repair', 'pm2.resurrect', 'host');
  await until('the app to answer', () => answers(app.url), 45_000);
  await until('all to be well', async () => !(await watch.say('status')).includes('has not answered since'));
  expect(await watch.story()).toMatch(/Ann: pm2\.resurrect on host began/);
});
