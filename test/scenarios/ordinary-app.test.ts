import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listPm2 } from '../../scripts/pm2-cli.js';
import { freePort } from '../../scripts/free-port.js';
import { systemClock } from '../../src/io/clock.js';
import { newestLaunchOf, openLaunchOf, getLaunch } from '../../src/store/launches.js';
import { getRelease, ledgerOf } from '../../src/store/releases.js';
import { actsOn } from '../../src/store/acts.js';
import { gitSandbox, type Repo, type Sandbox } from '../doubles/git-repo.js';
import { answers, idleApp, startPm2Home, until, type Pm2Home } from '../doubles/pm2-home.js';
import { beginWatch, BRISK, type Watch } from './watch.js';

/** As somebody wrote it who has never heard of hypercare: one process, a git clone, `pm2 start ecosystem.config.cjs`. */
const SERVER = `
const http = require('node:http');
const { version, checkout } = require('./version.js');
let broken = false;
http.createServer((request, response) => {
  if (request.url === '/hang') for (;;);
  if (request.url === '/break') broken = true;
  const status = request.url === '/checkout' && (broken || !checkout) ? 500 : 200;
  response.writeHead(status).end(version);
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

/** Ends by itself now and then, and writes each end down. */
const GRUMBLER = `
const { appendFileSync } = require('node:fs');
setTimeout(() => {
  appendFileSync(process.env.DIARY, 'x');
  process.exit(3);
}, 6_000);
`;

const OTHERS = ['all-of-us', 'ordinary-cron', 'crowd', 'grumbler'];

let home: Pm2Home;
let box: Sandbox;
let upstream: Repo;
let tree: string;
let port: number;
let diary: string;
let watch: Watch;

beforeAll(async () => {
  home = await startPm2Home();
  diary = join(home.home, 'diary');
  writeFileSync(diary, '');
  await home.startApp({ name: 'all-of-us', code: idleApp });
  await home.startApp({ name: 'ordinary-cron', code: idleApp });
  await home.startApp({ name: 'crowd', cluster: 2 });
  await home.startApp({ name: 'grumbler', code: GRUMBLER, env: { DIARY: diary } });
  box = gitSandbox();
  await launchByHand();
  watch = await beginWatch(config);
});

afterAll(async () => {
  await watch?.stop();
  await home.stop();
  box?.remove();
});

function version(name: string, checkout = true): Record<string, string> {
  return { 'version.js': `module.exports = { version: '${name}', checkout: ${checkout} };` };
}

/** A clone of what was pushed, started the way its readme says. */
async function launchByHand(): Promise<void> {
  port = await freePort();
  upstream = box.repo('upstream');
  upstream.commit({ 'server.js': SERVER, 'ecosystem.config.cjs': `module.exports = { apps: [{ name: 'ordinary', cwd: __dirname, script: 'server.js', env: { PORT: ${port} } }] };`, ...version('v1') }, 'v1');
  tree = join(box.dir, 'srv/ordinary');
  mkdirSync(join(box.dir, 'srv'));
  git('clone', '--quiet', upstream.dir, tree);
  await home.pm2('start', join(tree, 'ecosystem.config.cjs'));
  await until('it to serve', () => answers(url('/')));
}

function git(...args: readonly string[]): string {
  return execFileSync('git', [...args], { cwd: args[0] === 'clone' ? box.dir : tree, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function url(path: string): string {
  return `http://127.0.0.1:${port}${path}`;
}

function config(dataDir: string): string {
  return `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(home.home)}
apps:
  ordinary:
    url: http://127.0.0.1:${port}
    endpoints: [{ path: /checkout, critical: true, samples: 1, timeout: 10s }]
    liveness: { path: /, every: 1s }
    release: { mode: in-place, dir: ${JSON.stringify(tree)} }
policy:
  restarts: { per_30m: 20, per_24h: 40 }
  rules:
    - { name: it heals itself, repair: pm2.*, rung: act-and-tell }
    - { name: the way back is asked for, repair: release.rollback, rung: ask }
${BRISK}`;
}

/** A new commit on main, here and upstream. */
function pull(name: string, checkout = true): string {
  const commit = upstream.commit(version(name, checkout), name);
  git('pull', '--quiet', '--ff-only');
  return commit;
}

/** Commits are named by what their message says, for their hashes differ from run to run. */
async function story(since?: number): Promise<string> {
  const commits = upstream.git('log', '--format=%h %s').split('\n').map((line) => line.split(' ') as [string, string]);
  return commits.reduce((text, [hash, name]) => text.replaceAll(hash, name), await watch.story(since));
}

async function running(): Promise<string | null> {
  const launch = await openLaunchOf(watch.store.db, watch.app.id);
  return launch ? (await getRelease(watch.store.db, launch.releaseId)).commit : null;
}

/** What PM2 knows of the others; of the grumbler only what it did not do itself. */
async function others(): Promise<unknown> {
  const ownEnds = readFileSync(diary, 'utf8').length;
  const all = (await listPm2(home.home)).filter(({ name }) => OTHERS.includes(name));
  return all.map(({ name, pid, restarts }) => (name === 'grumbler' ? { name, foreign: restarts - ownEnds } : { name, pid, restarts }));
}

/** `act` runs, and the others are as they were. */
async function leavesOthersAlone(act: () => Promise<void>): Promise<void> {
  const before = await othersAtRest();
  await act();
  expect(await othersAtRest()).toEqual(before);
}

/** Not in the moment between the grumbler's last words and PM2's counting of them. */
async function othersAtRest(): Promise<unknown> {
  let seen = JSON.stringify(await others());
  await until('the grumbler to be counted', async () => {
    const again = JSON.stringify(await others());
    const still = again === seen && again.includes('"foreign":0');
    seen = again;
    return still;
  });
  return JSON.parse(seen);
}

describe('an ordinary app among others in one PM2', () => {
  it('is seen as it runs, and is healed in its memory and out of a hang without touching the others', { timeout: 60_000 }, async () => {
    await watch.say('restore-point', 'ordinary', '--reason', 'has run for years');
    await leavesOthersAlone(async () => {
      await watch.steady();
      await fetch(url('/break'));
      await watch.incident('resolved');
      expect((await fetch(url('/checkout'))).status).toBe(200);
    });
    await leavesOthersAlone(async () => {
      const asked = systemClock.now();
      fetch(url('/hang')).catch(() => undefined);
      await until('another incident', async () => (await watch.incident('resolved')).openedAt > asked, 40_000);
      expect(await answers(url('/'))).toBe(true);
    });
    expect(await story()).toMatchInlineSnapshot(`
      "
      hypercare: the monitor began
          watches ordinary
      hypercare: launch of ordinary v1 began
          first seen
      tester: restore point: ordinary v1 counts as stable
          has run for years
      hypercare: incident on ordinary: /checkout: status 500, some checks in a row over a while
          status 500 × some; last good a while ago
      hypercare: pm2.reload is tried first
          for endpoint-failing the order is pm2.reload, pm2.restart, release.rollback
      hypercare: pm2.reload on ordinary: auto
          the rule “it heals itself” lets it act and tell
      hypercare: pm2.reload on ordinary began
          rule it heals itself, plan hash ‹hash›
      hypercare: pm2.reload on ordinary ended: verified
          3 good readings in a row of each of 3 checks
      hypercare: incident over: /checkout: status 500, some checks in a row over a while
          pm2.reload mended it after a while: 3 good readings in a row of each of 3 checks
      hypercare: incident on ordinary: hangs: no answer to some liveness checks over a while, while PM2 says online
          no answer within a while; PM2 says 1 of 1 online, a while ago
      hypercare: pm2.kill is tried first
          for hang the order is pm2.kill, pm2.restart, release.rollback
      hypercare: pm2.kill on ordinary: auto
          the rule “it heals itself” lets it act and tell
      hypercare: pm2.kill on ordinary began
          rule it heals itself, plan hash ‹hash›
      hypercare: pm2.kill on ordinary ended: verified
          3 good readings in a row of each of 3 checks
      hypercare: incident over: hangs: no answer to some liveness checks over a while, while PM2 says online
          pm2.kill mended it after a while: 3 good readings in a row of each of 3 checks
      "
    `);
    expect((await actsOn(watch.store.db, watch.app.id, 0)).map(({ by, note }) => `${note} by ${by}`)).toEqual(['pm2.reload by us', 'pm2.kill by us']);
  });

  it('has a new launch after git pull and pm2 restart by hand, and not after git pull alone', { timeout: 60_000 }, async () => {
    const first = await openLaunchOf(watch.store.db, watch.app.id);
    const v2 = pull('v2');
    const looked = systemClock.now() + 2_500;
    await until('more looks', () => systemClock.now() > looked);
    expect((await openLaunchOf(watch.store.db, watch.app.id))?.id).toBe(first?.id);
    await home.pm2('restart', 'ordinary');
    await until('v2 to be watched', async () => (await running()) === v2);
    expect(await getLaunch(watch.store.db, first?.id as never)).toMatchObject({ state: 'superseded' });
    const ledger = await ledgerOf(watch.store.db, watch.app.id);
    expect(ledger.map(({ commit, verdict }) => [commit === v2 ? 'v2' : 'v1', verdict])).toEqual([['v2', 'watching'], ['v1', 'stable']]);
  });

  it('goes back in place to the release that is known to be good, and not merely to the one before', { timeout: 60_000 }, async () => {
    const v1 = git('rev-parse', 'HEAD~1');
    const since = systemClock.now();
    await leavesOthersAlone(async () => {
      pull('v3', false);
      await home.pm2('restart', 'ordinary');
      await watch.asked();
      await watch.say('approve', 'ordinary');
      await watch.incident('resolved');
    });
    expect(git('rev-parse', 'HEAD')).toBe(v1);
    expect(await (await fetch(url('/checkout'))).text()).toBe('v1');
    expect((await newestLaunchOf(watch.store.db, watch.app.id))?.autoRollback).toBe(false);
    const [before, after] = (await story(since)).split('hypercare: launch of ordinary v3 began');
    expect(before).not.toContain('began'); // Nothing is done to a release before it was seen.
    // A restart may come first: whether this is an emergency at once hangs on how many bad readings came by then. The
    // incident may be older than the launch, which it is carried over into then.
    expect(after?.replaceAll(/hypercare: (?:pm2\.|incident on |release\.rollback is ).*\n.*\n/g, '')).toMatchInlineSnapshot(`
      "
          a new release was seen running
      hypercare: release.rollback on ordinary: ask
          the rule “the way back is asked for” asks first
      tester: said yes to release.rollback
          plan hash ‹hash›, through terminal
      hypercare: release.rollback on ordinary began
          rule the way back is asked for, plan hash ‹hash›
      hypercare: release.rollback on ordinary ended: verified
          3 good readings in a row of each of 3 checks
      hypercare: incident over: /checkout: status 500, some checks in a row over a while
          release.rollback mended it after a while: 3 good readings in a row of each of 3 checks
      hypercare: launch of ordinary v1 began
          rolled back to v1: /checkout: status 500, some checks in a row over a while
      "
    `);
  });

  it('is watched anew when people have mended it and released again', { timeout: 60_000 }, async () => {
    git('checkout', '--quiet', 'main');
    const v4 = pull('v4');
    await home.pm2('restart', 'ordinary');
    expect(await watch.say('launch', 'ordinary')).toContain(`release ${v4.slice(0, 7)} is live`);
    expect(await running()).toBe(v4);
    await watch.steady();
    expect(await (await fetch(url('/checkout'))).text()).toBe('v4');
    const ledger = await ledgerOf(watch.store.db, watch.app.id);
    expect(ledger.map(({ verdict }) => verdict)).toEqual(['watching', 'bad', 'superseded', 'stable']);
  });
});
