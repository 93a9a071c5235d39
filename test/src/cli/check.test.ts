import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPm2Home, type Pm2Home, type StartedApp } from '../../doubles/pm2-home.js';
import { cli, writeConfig } from './run.js';

interface Document {
  readonly verdict: string;
  readonly checks: readonly { readonly resource: string; readonly check: string; readonly verdict: string; readonly note: string | null }[];
}

let pm2: Pm2Home;
let shop: StartedApp;
let pay: Server;
let payUrl: string;
let dir: string;
const payAnswers = { status: 200 };

beforeAll(async () => {
  pm2 = await startPm2Home();
  shop = await pm2.startApp({ name: 'shop' });
  pay = createServer((_, response) => response.writeHead(payAnswers.status).end('ok')).listen(0, '127.0.0.1');
  await new Promise((done) => pay.once('listening', done));
  payUrl = `http://127.0.0.1:${(pay.address() as AddressInfo).port}`;
}, 60_000);
afterAll(async () => {
  pay.close();
  await pm2.stop();
});
beforeEach(async () => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'hc-check-')));
  payAnswers.status = 200;
  await writeConfig({ dir }, `pm2_home: ${pm2.home}\napps:\n  shop: { url: "${shop.url}", uses: pay }\ndependencies:\n  pay: ${payUrl}\n`);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = (...words: readonly string[]) => cli({ dir, now: 0, meanwhile: async () => undefined }, ['check', ...words]);
const documentOf = async (...words: readonly string[]) => JSON.parse((await run(...words, '--json')).stdout) as Document;
const verdictOf = ({ checks }: Document, resource: string, check: string) => checks.find((one) => one.resource === resource && one.check === check)?.verdict;

describe('hypercare check', () => {
  it('measures all the configuration names, once, with neither store nor monitor', async () => {
    const { exit } = await run('shop');
    const document = await documentOf();
    expect(exit).toBe(0);
    expect(document.checks.map(({ resource, check }) => `${resource} ${check}`)).toEqual(expect.arrayContaining(['pay up', 'host host', 'shop http:/', 'shop liveness', 'shop pm2', 'shop release']));
    expect([verdictOf(document, 'pay', 'up'), verdictOf(document, 'shop', 'pm2')]).toEqual(['good', 'good']);
  });

  it('ends with 1 where something is bad, and says what', async () => {
    payAnswers.status = 503;
    const { exit, stdout } = await run('pay');
    expect(exit).toBe(1);
    expect(stdout).toContain('status 503');
    expect(await documentOf('pay')).toMatchObject({ verdict: 'bad', checks: [{ resource: 'pay', check: 'up', verdict: 'bad' }] });
  });

  it('ends with 3 where nothing is bad and something could not be measured', async () => {
    await writeConfig({ dir }, `pm2_home: ${join(dir, 'none')}\napps:\n  shop: { pm2: shop }\n`);
    const { exit, stdout } = await run('shop');
    expect(exit).toBe(3);
    expect(stdout).toContain('shop pm2: could not be measured');
  });

  it('knows the names it may be asked for', async () => {
    const { exit, stderr } = await run('shpo');
    expect(exit).toBe(2);
    expect(stderr).toContain('It names');
  });
});
