import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changes } from '../../../monitoring/evidence/changes.js';
import type { Subject } from '../../../monitoring/evidence/collector.js';
import { host } from '../../../monitoring/evidence/host.js';
import { collectors } from '../../../monitoring/evidence/index.js';
import { logs } from '../../../monitoring/evidence/logs.js';
import { processes } from '../../../monitoring/evidence/processes.js';
import { readings } from '../../../monitoring/evidence/readings.js';
import { HypercareError } from '../../../src/domain/errors.js';
import { systemClock } from '../../../src/io/clock.js';
import { createGit } from '../../../src/io/git.js';
import type { Io } from '../../../src/io/io.js';
import { createLogger } from '../../../src/io/log.js';
import { createPm2 } from '../../../src/io/pm2-client.js';
import { gitSandbox, type Sandbox } from '../../doubles/git-repo.js';
import { startPm2Home, until, type Pm2Home } from '../../doubles/pm2-home.js';
import { ioListing } from '../../doubles/pm2-list.js';
import { bad, good } from '../../src/cards/views.js';

// A real app under a real PM2 that says too much, and is called to account.
const talks = `for (let n = 0; n < 500; n += 1) console.log('line ' + n);
console.log('password=hunter2 in a line of ' + 'x'.repeat(1000));
console.error('it broke'); setInterval(() => {}, 60_000);`;

const never = new AbortController().signal;
let own: Pm2Home;
let sandbox: Sandbox;
let io: Io;
let subject: Subject;

beforeAll(async () => {
  own = await startPm2Home();
  sandbox = gitSandbox();
  await own.startApp({ name: 'shop-web', code: talks, awaitAnswer: false, env: { SECRET_OF_APP: 'hunter3' } });
  const pm2 = createPm2({ home: own.home, clock: systemClock, log: createLogger({ format: 'json', level: 'silent' }) });
  io = { clock: systemClock, git: createGit(), pm2 } as unknown as Io;
  const sample = { checkId: 1, at: Date.UTC(2026, 10, 22, 3, 12), verdict: 'bad', ms: 12, values: [12, null], note: 'status 500' } as const;
  subject = {
    name: 'shop', url: null, processes: ['shop-web'], dir: sandbox.dir, repo: null, running: bad, previous: good,
    readings: [{ check: 'http:/', fields: ['medianMs', 'worstMs'], samples: [sample] }],
  };
}, 30_000);
afterAll(async () => {
  await io?.pm2.close();
  await own?.stop();
  sandbox?.remove();
});

describe('what is kept before the first touch', () => {
  it('are the last lines of every log, bounded and without secrets', async () => {
    await until('the app to have spoken', async () => JSON.stringify(await logs.collect(subject, io, never)).includes('it broke'));
    const files = (await logs.collect(subject, io, never)) as readonly { readonly file: string; readonly lines: readonly string[] }[];
    const out = files.find(({ file }) => file.includes('-out'))?.lines ?? [];
    expect(files.find(({ file }) => file.includes('-error'))?.lines).toEqual(['it broke']);
    expect([out.length, out[0], out.at(-2)]).toEqual([100, 'line 401', 'line 499']);
    expect(out.at(-1)).toMatch(/^password=\[redacted\] in a line of x+…$/);
    expect(Math.max(...out.map((line) => line.length))).toBeLessThanOrEqual(401);
  });

  it('is PM2’s word on its processes, and nothing of their environment', async () => {
    const [process] = await processes.collect(subject, io, never);
    expect(process).toMatchObject({ name: 'shop-web', status: 'online', memoryBytes: expect.any(Number) as number, restarts: 0 });
    expect(JSON.stringify(process)).not.toContain('hunter3');
    expect(await processes.collect({ ...subject, processes: ['other'] }, io, never)).toEqual([]);
  });

  it('are the readings, each value under its name', async () => {
    expect(await readings.collect(subject, io, never)).toEqual([{ check: 'http:/', samples: [{ at: '2026-11-22T03:12:00.000Z', verdict: 'bad', ms: 12, note: 'status 500', medianMs: 12, worstMs: null }] }]);
  });

  it('is how full the machine is', async () => {
    const { disks, memory } = (await host.collect(subject, io, never)) as { readonly disks: readonly { readonly dir: string; readonly freeBytes: number }[]; readonly memory: { readonly freeBytes: number } };
    expect(disks.map(({ dir }) => dir)).toEqual([own.home, sandbox.dir]);
    expect(Math.min(...disks.map(({ freeBytes }) => freeBytes), memory.freeBytes)).toBeGreaterThan(0);
    await expect(host.collect({ ...subject, dir: '/not/there' }, io, never)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is what the running release changed, at most so many files', async () => {
    const repo = sandbox.repo('shop');
    const first = repo.commit({ 'server.js': '1' });
    const second = repo.commit(Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`lib/${n}.js`, '1'])));
    const between = { ...subject, repo: repo.dir, running: { ...bad, commit: second }, previous: { ...good, commit: first } };
    const changed = (await changes.collect(between, io, never)) as { readonly paths: readonly string[]; readonly total: number };
    expect([changed.paths.length, changed.total, changed.paths[0]]).toEqual([50, 60, 'lib/0.js']);
  });

  it.each([
    [{ previous: null }, 'no release before the running one is known'],
    [{ running: { ...bad, commit: null } }, 'no commit is known of one of the two releases'],
    [{ repo: null }, 'the config names no repository'],
  ])('says why what changed is not known: %j', async (change, why) => {
    await expect(changes.collect({ ...subject, repo: '/srv/repo', ...change }, io, never)).rejects.toThrow(why);
  });

  it('fails with the reason where PM2 does not answer, in the collectors that ask it and in no other', async () => {
    const dead = { ...io, pm2: { ...ioListing(new HypercareError('pm2.dead', 'transient', 'PM2 is dead')).pm2, home: own.home } };
    const ends = await Promise.all(collectors.filter(({ of = 'app' }) => of === 'app').map(async ({ kind, collect }) => [kind, await collect({ ...subject, repo: null }, dead, never).then(() => 'there', (error: Error) => error.message)]));
    expect(Object.fromEntries(ends)).toEqual({ readings: 'there', processes: 'PM2 is dead', logs: 'PM2 is dead', host: 'there', changes: 'the config names no repository' });
  });
});
