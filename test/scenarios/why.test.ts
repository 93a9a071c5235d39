import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAnchor } from '../../src/store/audit-anchor.js';
import { checkChain } from '../../src/store/audit-chain.js';
import { auditHead, readAudit } from '../../src/store/audits.js';
import { evidenceOf } from '../../src/store/evidence.js';
import { journalOf } from '../../src/store/journal.js';
import { remediationsOf } from '../../src/store/remediations.js';
import { spansOf } from '../../src/store/spans.js';
import { startPm2Home, type Pm2Home, type StartedApp } from '../doubles/pm2-home.js';
import { beginWatch, BRISK, type Watch } from './watch.js';

/** Its checkout fails as long as a file of that name lies beside it: no restart helps. */
const SHOP = `
const http = require('node:http');
const fs = require('node:fs');
console.log('starts with password=hunter2');
http.createServer((request, response) => {
  const broken = request.url === '/checkout' && fs.existsSync('broken');
  if (broken) console.error('checkout is broken');
  response.writeHead(broken ? 500 : 200).end();
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

let home: Pm2Home;
let shop: StartedApp;
let watch: Watch;

beforeAll(async () => {
  home = await startPm2Home();
  shop = await home.startApp({ name: 'shop', code: SHOP, awaitAnswer: true });
  watch = await beginWatch((dataDir) => `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(home.home)}
apps:
  shop:
    url: http://127.0.0.1:${shop.port}
    endpoints: [{ path: /checkout, critical: true, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
policy:
  default: observe
  rules:
    - { repair: pm2.reload, rung: act-and-tell }
    - { repair: pm2.restart, rung: ask }
${BRISK}`);
  await watch.steady();
}, 60_000);
afterAll(async () => {
  await watch?.stop();
  await home?.stop();
});

it('why tells of a failing checkout what was seen, done, waited for, asked and denied; the trail holds it all', async () => {
  const { store, monitor: { ctx } } = watch;
  await writeFile(join(shop.cwd, 'broken'), '');
  await watch.asked();
  expect(await watch.say('why', 'shop')).toContain('Now: people were asked for pm2.restart; nobody has answered (since ');
  await watch.say('deny', 'shop');
  const incident = await watch.incident('escalated');
  await rm(join(shop.cwd, 'broken'));
  await watch.incident('resolved');

  const told = await watch.say('why', 'shop');
  for (const part of [
    'pm2.reload: did not help', 'pm2.restart: not done: the answer was no',
    /\d\d:\d\d:\d\d {2}incident on shop: \/checkout/, /\d\d:\d\d:\d\d {2}pm2\.reload on shop began \(rule .+, plan hash /, /pm2\.reload on shop ended: failed/,
    /tester: said no to pm2\.restart/, /people are needed: \/checkout/, /incident over: \/checkout/,
    /Kept before pm2\.reload: [a-z, ]*logs[a-z, ]*\. Not there: changes \(/,
  ]) expect(told).toMatch(part);
  const kinds = new Set((await spansOf(store.db, incident)).map(({ kind }) => kind));
  expect([...kinds]).toEqual(expect.arrayContaining(['record', 'settling', 'proof', 'question', 'people']));

  const [run] = await remediationsOf(store.db, incident.id);
  const evidence = await evidenceOf(store.db, run?.id as never);
  const logs = JSON.stringify(evidence.find(({ kind }) => kind === 'logs')?.body);
  expect([logs.includes('checkout is broken'), logs.includes('hunter2')]).toEqual([true, false]);
  const [first] = await journalOf(store.db, run?.id as never);
  expect(evidence.filter(({ kind }) => kind === 'processes' || kind === 'readings').every(({ at }) => at <= (first?.intendedAt ?? 0)), 'it was taken before the first touch').toBe(true);

  const ended = (await readAudit(store.db, ctx.hostId, 100)).find(({ what }) => what.startsWith('pm2.reload on shop ended'));
  expect(JSON.parse(ended?.body ?? '{}')).toMatchObject({
    plan: run?.planId, incident: incident.id, rule: expect.any(String) as string, verdict: 'auto', hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string, answers: [], wayBack: expect.stringMatching(/^none is needed/) as string,
    evidence: expect.arrayContaining([`${run?.id}:logs`, `${run?.id}:processes`]) as string[], result: { remediation: run?.id, state: 'failed' },
  });
  expect((await checkChain(store.db, ctx.hostId)).fault).toBeNull();
}, 60_000);

it('the end of the trail stands outside of the store once the monitor has stopped', async () => {
  const anchor = join(home.home, 'hypercare.anchor');
  expect(existsSync(anchor)).toBe(true);
  const { store, monitor: { ctx } } = watch;
  await watch.monitor.stop();
  expect(await readAnchor(anchor)).toMatchObject({ hostId: ctx.hostId, ...(await auditHead(store.db, ctx.hostId)) });
});
