import { expect, test } from 'vitest';
import { pm2Kill } from '../../../monitoring/repairs/pm2-kill.js';
import { pm2Reload } from '../../../monitoring/repairs/pm2-reload.js';
import { pm2Restart } from '../../../monitoring/repairs/pm2-restart.js';
import { canonicalJson } from '../../../src/domain/json.js';
import type { Prepared, Refusal } from '../../../src/domain/plan.js';
import { busyDaemon, deadDaemon, deniedDaemon, silentDaemon } from '../../../src/io/pm2-errors.js';
import type { Pm2Process } from '../../../src/io/pm2.js';
import { appOf, ioListing, listed } from '../../doubles/pm2-list.js';

const signal = new AbortController().signal;
const all = [pm2Reload, pm2Restart, pm2Kill];

async function refusal(prepared: Promise<Prepared | Refusal>): Promise<string> {
  const result = await prepared;
  return 'refused' in result ? result.refused : `prepared: ${result.does.map((step) => step.does).join('; ')}`;
}

test.each(all.map((repair) => [repair.kind, repair] as const))('%s refuses, in plain words, what it cannot or must not do', async (_, repair) => {
  const withList = (list: readonly Pm2Process[], processes = ['shop'], args = {}): Promise<string> =>
    refusal(repair.prepare(appOf(processes), args, ioListing(list), signal));
  expect(await withList([listed({ name: 'cart' })])).toBe('PM2 lists no process named "shop"; start it, or correct the app\'s pm2 in the config');
  expect(await withList([], [])).toBe('shop has no PM2 process in the config');
  expect(await withList([listed()], ['shop'], { process: 'cart' })).toBe('"cart" is not a process of shop');
  expect(await withList([listed({ name: 'hypercare-monitor' })], ['hypercare-monitor'])).toMatch(/never the target/);
  expect(await withList([listed({ name: 'hypercare-bot' })], ['shop', 'hypercare-bot'])).toMatch(/never the target/);
  expect(await withList([listed({ pid: process.pid })])).toMatch(/never the target/);
  expect(await withList([listed({ status: 'stopping' })])).toBe('PM2 is at work on "shop" right now: it is stopping');
});

test.each(all.map((repair) => [repair.kind, repair] as const))('%s refuses while PM2 is dead, denied or silent', async (_, repair) => {
  for (const error of [deadDaemon('/srv/.pm2'), deniedDaemon('/srv/.pm2'), silentDaemon('/srv/.pm2', 'getMonitorData', 5_000), busyDaemon('busy')]) {
    expect(await refusal(repair.prepare(appOf(['shop']), {}, ioListing(error), signal))).toBe(error.message);
  }
});

test.each(['stopped', 'errored'])('what is %s is not reloaded or killed but restarted', async (status) => {
  const io = ioListing([listed({ status, pid: 0 })]);
  expect(await refusal(pm2Reload.prepare(appOf(['shop']), {}, io, signal))).toBe(`"shop" is ${status}, so there is nothing to reload; pm2.restart would start it`);
  expect(await refusal(pm2Kill.prepare(appOf(['shop']), {}, io, signal))).toBe(`"shop" is ${status}, so there is nothing to kill; pm2.restart would start it`);
  expect(await refusal(pm2Restart.prepare(appOf(['shop']), {}, io, signal))).toBe('prepared: pm2 restart shop');
});

test('what waits for a restart that PM2 holds back is stopped and restarted, not reloaded or killed', async () => {
  const io = ioListing([listed({ status: 'waiting restart', pid: 0 })]);
  expect(await refusal(pm2Reload.prepare(appOf(['shop']), {}, io, signal))).toBe('"shop" is waiting restart, so there is nothing to reload; pm2.restart would start it');
  expect(await refusal(pm2Kill.prepare(appOf(['shop']), {}, io, signal))).toBe('"shop" is waiting restart, so there is nothing to kill; pm2.restart would start it');
  expect(await refusal(pm2Restart.prepare(appOf(['shop']), {}, io, signal))).toBe('prepared: pm2 stop shop; pm2 restart shop');
});

test('while one instance waits and another runs, PM2 is at work, and a reload waits for it', async () => {
  const io = ioListing([listed(), listed({ pmId: 1, status: 'waiting restart', pid: 0 })]);
  expect(await pm2Reload.prepare(appOf(['shop']), {}, io, signal)).toEqual({ refused: 'PM2 is at work on "shop" right now: it is waiting restart', again: true });
});

test('what PM2 would not start again is not killed', async () => {
  const io = ioListing([listed({ autorestart: false })]);
  expect(await refusal(pm2Kill.prepare(appOf(['shop']), {}, io, signal))).toMatch(/a kill would end it/);
});

test('a plan names what it does to each process, bounds its restarts and says how it is judged', async () => {
  const list = [listed({ pmId: 1, mode: 'cluster' }), listed({ pmId: 2, mode: 'cluster' }), listed({ pmId: 3, name: 'worker', mode: 'fork' })];
  const prepared = await pm2Reload.prepare(appOf(['shop', 'worker'], { settleMs: 10_000 }), {}, ioListing(list), signal);
  expect(prepared).toMatchObject({
    does: [
      { name: 'reload shop', does: 'pm2 reload shop', timeoutMs: 70_000 },
      { name: 'reload worker', does: 'pm2 reload worker', timeoutMs: 40_000 },
    ],
    touches: ['app-1'],
    bounds: { restarts: 3 },
    verify: { checks: ['liveness', 'http:/'], good: 3, settleMs: 10_000, withinMs: 100_000 },
    wayBack: 'none is needed: its processes start anew, and only what they hold in memory is lost',
    notes: [
      'shop: 2 instances in cluster mode, online',
      'worker: one instance in fork mode, online: its reload is a restart, and nothing answers until it has started',
    ],
  });
});

test('what is hashed is the same for other pids and start times', async () => {
  const hashed = async (process: Pm2Process): Promise<string> => {
    const prepared = await pm2Kill.prepare(appOf(['shop']), {}, ioListing([process]), signal);
    if ('refused' in prepared) throw new Error(prepared.refused);
    const { does, touches, bounds, verify, wayBack } = prepared;
    return canonicalJson({ does, touches, bounds, verify, wayBack });
  };
  expect(await hashed(listed())).toBe(await hashed(listed({ pid: 99, startedAt: 5, pmId: 7, restarts: 3, memoryBytes: 1 })));
});

test('one of the app\'s processes can be named alone', async () => {
  const list = [listed({ pmId: 1 }), listed({ pmId: 3, name: 'worker' })];
  expect(await refusal(pm2Restart.prepare(appOf(['shop', 'worker']), { process: 'worker' }, ioListing(list), signal))).toBe('prepared: pm2 restart worker');
});

test('arguments that are not known are not taken', () => {
  expect(pm2Restart.args.safeParse({ process: 'shop' }).success).toBe(true);
  expect(pm2Restart.args.safeParse({ proces: 'shop' }).success).toBe(false);
});
