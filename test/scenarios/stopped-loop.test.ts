import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPm2Home, until, type Pm2Home } from '../doubles/pm2-home.js';
import { beginWatch, BRISK, type Watch } from './watch.js';

/** Well for as long as PM2 tolerates early deaths, and then it dies at every boot: PM2 never gives up on it. */
const MORTAL = `
const { existsSync } = require('node:fs');
require('node:http').createServer((request, response) => response.end('ok')).listen(Number(process.env.PORT), '127.0.0.1');
setInterval(() => existsSync(process.env.CURSE) && process.exit(1), 150);
`;

let home: Pm2Home;
let watch: Watch;
beforeAll(async () => {
  home = await startPm2Home();
});
afterAll(async () => {
  await watch?.stop();
  await home.stop();
});

/** The loop is seen as one, or from outside first: that hangs on this machine, and the ladder is the same for both. */
it('a loop that nothing else ends is stopped on a yes, stays stopped, and people are told how to start it', { timeout: 180_000 }, async () => {
  const curse = join(home.home, 'curse');
  const app = await home.startApp({ name: 'mortal', code: MORTAL, awaitAnswer: true, env: { CURSE: curse }, pm2: { restart_delay: 400, max_restarts: 1_000 } });
  const ladder = '[release.rollback, pm2.stop]';
  watch = await beginWatch((dataDir) => `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(home.home)}
apps:
  mortal:
    url: ${app.url}
    endpoints: [{ path: /, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
    runbook: { crash-loop: ${ladder}, process-down: ${ladder}, endpoint-failing: ${ladder}, all-endpoints-failing: ${ladder} }
policy:
  default: observe
  rules: [{ repair: 'pm2.stop', rung: act-and-tell }, { repair: '*', rung: act-and-tell }]
people:
  - { name: Ann, role: approver, terminal: tester }
${BRISK}`);
  await watch.steady();
  await writeFile(curse, '');
  await watch.asked();
  expect(await watch.card()).toContain('pm2 stop mortal');
  await watch.say('approve', 'mortal');
  const { reason } = await watch.incident('escalated');
  expect(reason).toBe('pm2.stop: done; nothing is proved, because it ended what could be measured; it stays so until somebody goes back: pm2 restart mortal');
  const instances = async () => (await watch.monitor.ctx.io.pm2.list()).filter(({ name }) => name === 'mortal').map(({ status, restarts }) => ({ status, restarts }));
  const stopped = await instances();
  expect(stopped).toMatchObject([{ status: 'stopped' }]);
  const seen = Date.now();
  await until('it to be measured further', async () => (await watch.say('status')).includes('mortal') && Date.now() - seen > 4_000);
  expect(await instances()).toEqual(stopped);
  const card = await watch.card();
  expect(card).toMatch(/^✗ CRITICAL {2}mortal needs you/m);
  expect(card).toContain('pm2.stop: done (a while), and left to people');
  expect(card).toContain('hypercare has stopped acting: pm2.stop: done; nothing is proved, because it ended what could be measured; it stays so until somebody goes back: pm2 restart mortal.');
});
