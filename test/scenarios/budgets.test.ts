import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { listPm2 } from '../../scripts/pm2-cli.js';
import { actsOn } from '../../src/store/acts.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { remediationsIn } from '../../src/store/remediations.js';
import { seatFile } from '../../src/store/seat.js';
import { answers, until, type StartedApp } from '../doubles/pm2-home.js';
import { compile, type Compiled } from '../doubles/compiled.js';
import { givenOnce } from '../doubles/given.js';
import { steppedTime } from '../doubles/stepped-time.js';
import { FRAGILE } from './breaking-apps.js';
import { brisk } from './brisk.js';
import { watchedHome } from './watched-home.js';
import type { Watch } from './watch.js';

const MINUTE = 60_000;

const home = watchedHome();

interface Begun {
  readonly begun: Watch;
  readonly app: StartedApp;
  readonly time: ReturnType<typeof steppedTime>;
}

const ENDPOINTS = ['a', 'b', 'c', 'd'].map((path) => `{ path: /${path}, samples: 1, timeout: 2s }`).join(', ');

/** An app on its own, of which the machine may do everything; `yaml` are more lines of its entry. */
async function begin(app: StartedApp, yaml = ''): Promise<Begun> {
  const time = steppedTime();
  const begun = await home.watch(`apps:
  ${app.name}:
    url: ${app.url}
    endpoints: [${ENDPOINTS}]
    liveness: { path: /, every: 1s }
    ${yaml}
policy:
  default: act-and-tell
`, { time, tiers: '{ until: 2h, every: 2s }' });
  return { begun, app, time };
}

async function ours({ begun }: Begun): Promise<readonly (string | null)[]> {
  return (await actsOn(begun.store.db, begun.app.id, 0)).filter((act) => act.by === 'us').map((act) => act.note);
}

async function breaks({ begun, app }: Begun, path: string): Promise<void> {
  await begun.steady();
  await fetch(`${app.url}${path}`).catch(() => undefined); // Who dies of it does not answer.
}

/** Something breaks, and its incident comes to an end, or to people. Returns how. */
async function trouble(one: Begun, path: string): Promise<string> {
  const { store, monitor } = one.begun;
  const incidents = () => recentIncidents(store.db, monitor.ctx.hostId, 20);
  const before = (await incidents()).length;
  await breaks(one, path);
  await until(`an end of the trouble with ${path}`, async () => {
    const all = await incidents();
    return all.length > before && all.every(({ state }) => state === 'resolved' || state === 'escalated');
  }, 30_000);
  return (await incidents())[0]?.state ?? 'none';
}

async function aWhileLater({ begun }: Begun): Promise<void> {
  const { clock } = begun.monitor.ctx;
  const then = clock.monotonic() + 3_000;
  await until('a while to pass', () => clock.monotonic() >= then);
}

describe('an app that breaks again and again', () => {
  it('is restarted by us three times in half an hour, whatever the causes, and then people are called', { timeout: 90_000 }, async () => {
    const one = await begin(await home.pm2.startApp({ name: 'unlucky', code: FRAGILE, awaitAnswer: true }));
    const ends = [await trouble(one, 'break/a'), await trouble(one, 'break/b'), await trouble(one, 'break/c'), await trouble(one, 'break/d')];
    expect(ends).toEqual(['resolved', 'resolved', 'resolved', 'escalated']);
    await aWhileLater(one);
    expect(await ours(one)).toEqual(['pm2.reload', 'pm2.reload', 'pm2.reload']);
    expect(await one.begun.card()).toMatchInlineSnapshot(`
      "
      ! WARNING  unlucky needs you: /d: status 500, some checks in a row over a while
        At ‹clock›: status 500 × some
        last good a while ago

        It began a while after release unlucky went live.

        pm2.reload: not done: its restart budget is used up (3 restarts in 30 min, the limit is 3)
        pm2.restart: not done: its restart budget is used up (3 restarts in 30 min, the limit is 3)
        release.rollback: not possible: There is no release of unlucky to go back to yet: only the running one was ever seen. One becomes stable by passing its watch, or by “restore-point unlucky” while it runs

        hypercare has stopped acting: nothing is left to try.
        Now: look at its log (pm2 logs unlucky), and mend it; it is still measured, and this closes by itself once it is good.
        Or ask for one of these: “repair general unlucky”, “rollback unlucky --plan”.

        Began         ‹clock›, a while ago
        Healing debt  3: 3 restarts (3 × pm2.reload)
        Release       unlucky (watching)

        incident ‹id›
      "
    `);
  });

  it('has its deaths counted too where PM2 does not start it again', { timeout: 90_000 }, async () => {
    const one = await begin(await home.pm2.startApp({ name: 'mortal', code: FRAGILE, awaitAnswer: true, pm2: { autorestart: false } }), 'runbook: { process-down: [pm2.restart], all-endpoints-failing: [pm2.restart], endpoint-failing: [pm2.restart] }');
    const ends = [await trouble(one, 'die'), await trouble(one, 'die'), await trouble(one, 'die')];
    expect(ends).toEqual(['resolved', 'resolved', 'escalated']);
    await aWhileLater(one);
    expect(await ours(one)).toEqual(['pm2.restart', 'pm2.restart']);
    expect(await answers(one.app.url)).toBe(false);
  });

  it('in the same way, is given the next rung the second time, and the third time people are asked', { timeout: 90_000 }, async () => {
    const one = await begin(await home.pm2.startApp({ name: 'forgetful', code: FRAGILE, awaitAnswer: true }), 'runbook: { endpoint-failing: [pm2.reload, pm2.restart] }');
    expect(await trouble(one, 'break/a')).toBe('resolved');
    one.time.step(40 * MINUTE);
    expect(await trouble(one, 'break/a')).toBe('resolved');
    expect(await ours(one)).toEqual(['pm2.reload', 'pm2.restart']);
    one.time.step(40 * MINUTE);
    await breaks(one, 'break/a');
    await one.begun.asked();
    await aWhileLater(one);
    expect(await ours(one)).toEqual(['pm2.reload', 'pm2.restart']);
    expect(await one.begun.card()).toMatchInlineSnapshot(`
      "
      ! WARNING  forgetful: may I do pm2.reload? /a: status 500, some checks in a row over a while
        At ‹clock›: status 500 × some
        last good 40 min ago

        It began 1 h 20 min after release forgetful went live.

        I ask because a repair helped 2 times in 24 h, and the problem came back: something else is the cause.
        May decide: tester.
        Expires ‹clock›, in 15 min; without an answer nothing is done.

        forgetful: one instance in fork mode, online: its reload is a restart, and nothing answers until it has started
        At most 1 restart.
        Way back: none is needed: its processes start anew, and only what they hold in memory is lost

        A yes does exactly this:
        1. pm2 reload forgetful (at most 40 s)

        Began    ‹clock›, a while ago
        Release  forgetful (watching)

        Choices: Do it · Not now · Details
        incident ‹id› · to answer in words: approve forgetful, deny forgetful
      "
    `);
  });
});

describe('an app that a person stops', () => {
  it('while a repair of it is being judged stays stopped', { timeout: 60_000 }, async () => {
    const one = await begin(await home.pm2.startApp({ name: 'stubborn', code: FRAGILE, awaitAnswer: true, env: { ALWAYS: 'yes' } }));
    const { store, monitor } = one.begun;
    await breaks(one, 'break/a');
    await until('the reload to be judged', async () => (await remediationsIn(store.db, monitor.ctx.hostId, ['settling'])).length > 0, 20_000);
    await monitor.ctx.io.pm2.stop('stubborn');
    await one.begun.incident('escalated');
    await aWhileLater(one);
    expect((await listPm2(home.pm2.home)).find(({ name }) => name === 'stubborn')?.status).toBe('stopped');
    expect(await ours(one)).toEqual(['pm2.reload']);
    expect((await one.begun.incident('escalated')).reason).toBe('somebody stopped it by hand; it is left alone until it is started again');
  });
});

describe('two monitors on one PM2', () => {
  const compiled = givenOnce(() => compile('monitoring/main.ts'), async (made) => made.remove());
  const monitors: MonitorProcess[] = [];
  const start = (app: StartedApp, name: string): MonitorProcess => {
    const begun = startMonitor(compiled, app, name);
    monitors.push(begun);
    return begun;
  };
  afterEach(async () => {
    for (const { child, dir } of monitors.splice(0)) {
      await gone(child);
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('do not both act: the second waits, and takes over when the first is killed', { timeout: 90_000 }, async () => {
    const app = await home.pm2.startApp({ name: 'contested', code: FRAGILE, awaitAnswer: true });
    const [first, second] = [start(app, 'first'), start(app, 'second')];
    await until('one to watch and the other to wait', () => monitors.filter(({ said }) => said().includes('INFO  watches')).length === 1 && monitors.some(({ said }) => said().includes('this one waits to take over')));
    const [acting, waiting] = first.said().includes('INFO  watches') ? [first, second] : [second, first];
    await healed(app, acting);
    expect(waiting.said()).not.toContain('contested began');
    acting.child.kill('SIGKILL');
    await until('the other to take over', () => waiting.said().includes('INFO  watches'));
    await healed(app, waiting);
  });

  it('do not both act when somebody removes the file of their seat: whoever has it takes it anew, and says so', { timeout: 90_000 }, async () => {
    const app = await home.pm2.startApp({ name: 'swept', code: FRAGILE, awaitAnswer: true });
    const first = start(app, 'first');
    await until('it to watch', () => first.said().includes('INFO  watches'));
    for (const file of [seatFile(home.pm2.home), `${seatFile(home.pm2.home)}-journal`]) rmSync(file, { force: true });
    await until('it to be noticed', () => first.said().includes('it was taken anew'));
    const second = start(app, 'second');
    await until('the second to wait', () => second.said().includes('this one waits to take over'));
    await healed(app, first);
  });

  it('nor when the other one was faster: who had it ends itself, and touches nothing', { timeout: 90_000 }, async () => {
    const app = await home.pm2.startApp({ name: 'snatched', code: FRAGILE, awaitAnswer: true });
    const first = start(app, 'first');
    await until('its watch to be on', () => first.said().includes('launch of snatched snatched began'));
    first.child.kill('SIGSTOP');
    rmSync(seatFile(home.pm2.home));
    const second = start(app, 'second');
    await until('the other to take it', () => second.said().includes('launch of snatched snatched began'));
    second.child.kill('SIGSTOP'); // So that whatever is done from here on, the first has done.
    await fetch(`${app.url}break/a`);
    const ended = once(first.child, 'exit');
    first.child.kill('SIGCONT');
    expect(await ended).toEqual([1, null]);
    expect(first.said()).toContain('another one has the new file');
    expect((await fetch(`${app.url}a`)).status).toBe(500);
    expect((await listPm2(home.pm2.home)).find(({ name }) => name === 'snatched')?.restarts).toBe(0);
  });
});

interface MonitorProcess {
  readonly child: ChildProcess;
  readonly dir: string;
  said(): string;
}

/** With a store of its own: the seat is the PM2 home's. */
function startMonitor(compiled: Compiled, app: StartedApp, name: string): MonitorProcess {
  const dir = mkdtempSync(join(tmpdir(), `hypercare-${name}-`));
  const config = join(dir, 'hypercare.yaml');
  writeFileSync(config, brisk(home.pm2, `apps:
  ${app.name}:
    url: ${app.url}
    endpoints: [{ path: /a, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
policy:
  default: act-and-tell
`)(dir));
  const child = compiled.start(`process.env.HYPERCARE_CONFIG = ${JSON.stringify(config)};\nawait import('./monitoring/main.js');`);
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += String(chunk)));
  return { child, dir, said: () => text };
}

/** Breaks the app and waits until it serves again; it was restarted once, and by this monitor. */
async function healed(app: StartedApp, by: MonitorProcess): Promise<void> {
  const restarts = async () => (await listPm2(home.pm2.home)).find(({ name }) => name === app.name)?.restarts ?? 0;
  const [before, verified] = [await restarts(), by.said().split('verified').length];
  await until('its watch to be on', () => by.said().includes(`launch of ${app.name} ${app.name} began`));
  await fetch(`${app.url}break/a`);
  await until('it to be mended', () => by.said().split('verified').length > verified, 30_000);
  expect((await fetch(`${app.url}a`)).status).toBe(200);
  expect(await restarts()).toBe(before + 1);
}

async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
