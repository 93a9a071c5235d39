import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actsOn } from '../../src/store/acts.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { plansOf } from '../../src/store/plans.js';
import { gitSandbox, type Repo, type Sandbox } from '../doubles/git-repo.js';
import { startPm2Home, until, type Pm2Home } from '../doubles/pm2-home.js';
import { ioOf } from '../doubles/released-app.js';
import { brisk } from './brisk.js';
import { beginWatch, type Watch } from './watch.js';

const CODE = `
const { checkout } = require('./version.js');
require('node:http').createServer((request, response) => response.writeHead(request.url === '/checkout' ? checkout : 200).end()).listen(Number(process.env.PORT), '127.0.0.1');
`;
const version = (text: string): Record<string, string> => ({ 'app.cjs': CODE, 'version.js': text });
const GOOD = version('exports.checkout = 200;');
const FAILS = version('exports.checkout = 500;');
const DIES = version("throw new Error('no such table');");

let home: Pm2Home;
let box: Sandbox;
let repo: Repo;
let watch: Watch;
let checkout: () => Promise<number>;

/** Two workers run from one git tree, as `git pull && pm2 reload` keeps it. */
beforeEach(async () => {
  home = await startPm2Home();
  box = gitSandbox();
  repo = box.repo('shop');
  repo.commit(GOOD, 'Sell things');
  const app = await home.startApp({ name: 'shop', cwd: repo.dir, code: CODE, cluster: 2, awaitAnswer: true });
  checkout = async () => (await fetch(`${app.url}checkout`, { headers: { connection: 'close' } }).catch(() => ({ status: 0 }))).status;
  watch = await beginWatch(brisk(home, `
apps:
  shop:
    url: ${app.url}
    endpoints: [{ path: /checkout, critical: true, timeout: 2s }]
    liveness: { path: /, every: 1s }
    release: { mode: in-place, dir: ${JSON.stringify(repo.dir)} }
policy: { default: act-and-tell, rules: [{ name: the way back is asked for, repair: release.rollback, rung: ask }] }
people: [{ name: Ann, role: approver, terminal: tester }]
`));
  await watch.steady();
});

afterEach(async () => {
  await watch.stop();
  await home.stop();
  box.remove();
});

const ours = async (): Promise<readonly string[]> => (await actsOn(watch.store.db, watch.app.id, 0)).filter(({ by }) => by === 'us').map(({ kind }) => kind);

describe('a git tree that moved under an app', { timeout: 180_000 }, () => {
  it('is not brought live by a repair: one worker that PM2 started from it fails, and the other is left to serve', async () => {
    repo.commit(FAILS, 'Break the checkout');
    const io = ioOf(home.home);
    const [first] = await io.pm2.list();
    await io.pm2.close();
    process.kill(first?.pid ?? 0, 'SIGKILL');
    await watch.incident('escalated');
    const [incident] = await recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 5);
    expect(incident?.title).toMatch(/^\/checkout: status 500/);
    expect(await ours()).toEqual([]);
    const plans = await plansOf(watch.store.db, incident?.id as never);
    expect(plans.find(({ repair }) => repair === 'pm2.reload')?.why).toMatch(/^[0-9a-f]{7} \(HEAD of .*\) is what would start now, and [0-9a-f]{7} is what runs: a repair of shop brings no other release live/);
    const answers = await Promise.all(Array.from({ length: 8 }, checkout));
    expect([...new Set(answers)].sort()).toEqual([200, 500]);
    expect(await watch.say('status', 'shop')).toMatch(/its processes run two releases/);
  });

  it('is not blamed on the release before: what dies in its own reload is gone back from at once, and no repair runs into it', async () => {
    await watch.say('restore-point', 'shop', '--reason', 'ran well for a year');
    repo.commit(DIES, 'Need a table');
    await home.pm2('reload', 'shop').catch(() => undefined);
    await watch.asked();
    expect(await ours()).toEqual([]);
    await watch.say('approve', 'shop');
    await until('the shop to sell again', async () => (await checkout()) === 200, 60_000);
    await watch.incident('resolved');
    expect(await ours()).toEqual(['rollback']);
  });
});
