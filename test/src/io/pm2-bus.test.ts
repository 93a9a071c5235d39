import { expect, test } from 'vitest';
import type { Pm2Event } from '../../../src/io/pm2.js';
import { createPacketReader } from '../../../src/io/pm2-bus.js';

const STARTED = 1_795_305_730_000;

function processEvent(event: string, process: Record<string, unknown> = {}, manually = false): [string, unknown] {
  const run = { pm_id: 0, name: 'shop', status: 'stopped', pm_uptime: STARTED, restart_time: 2, exit_code: 0, PAYMENT_KEY: 'leak-me', ...process };
  return ['process:event', { event, manually, process: run, at: STARTED + 5_000 }];
}

function daemonSays(data: string, at = STARTED + 4_990): [string, unknown] {
  return ['log:PM2', { process: { pm_id: 'PM2', name: 'PM2', rev: null }, at, data }];
}

function read(...packets: readonly [string, unknown][]): readonly Pm2Event[] {
  const reader = createPacketReader();
  return packets.map(([topic, packet]) => reader(topic, packet)).filter((event) => event !== null);
}

test('a crash is one exit with its code, not manual', () => {
  expect(read(daemonSays('App [shop:0] exited with code [3] via signal [SIGINT]\n'), processEvent('exit', { exit_code: 3 }))).toEqual([
    { kind: 'exit', name: 'shop', pmId: 0, at: STARTED + 5_000, manual: false, code: 3, signal: null, overMemory: false, dedupe: `exit:0:${STARTED}` },
  ]);
});

test('a killed process shows code 0; its signal is taken from the daemon\'s log line', () => {
  const [exit] = read(daemonSays('App [shop:0] exited with code [0] via signal [SIGKILL]\n'), processEvent('exit'));
  expect(exit).toMatchObject({ kind: 'exit', signal: 'SIGKILL', manual: false });
});

test('the two exit packets of a deliberate restart are one exit, and it is manual', () => {
  const exits = read(processEvent('exit', { status: 'stopping' }), processEvent('exit', { status: 'stopped' }), processEvent('restart', { status: 'online' }, true));
  expect(exits).toHaveLength(1);
  expect(exits[0]).toMatchObject({ manual: true, dedupe: `exit:0:${STARTED}` });
});

test('an app that was stopped, started and crashed has two exits, though PM2\'s restart counter stood still', () => {
  const exits = read(
    processEvent('exit', { status: 'stopping', restart_time: 5 }),
    processEvent('exit', { status: 'stopped', restart_time: 5 }),
    processEvent('exit', { status: 'stopped', restart_time: 5, pm_uptime: STARTED + 9_000 }),
  );
  expect(exits).toHaveLength(2);
});

test('two instances of a cluster that share PM2\'s unique id and end together have an exit each', () => {
  expect(read(processEvent('exit', { pm_id: 1, unique_id: 'u' }), processEvent('exit', { pm_id: 2, unique_id: 'u' }))).toHaveLength(2);
});

test('the worker that a reload replaced ends under its own number', () => {
  const [exit] = read(processEvent('exit', { pm_id: '_old_1', status: 'stopping' }));
  expect(exit).toMatchObject({ pmId: 1, manual: true });
});

test('a signal does not stick to the next exit', () => {
  const exits = read(
    daemonSays('App [shop:0] exited with code [0] via signal [SIGKILL]\n'),
    // PM2 may ignore an exit as stale after it logged it.
    daemonSays('App [shop:0] exited with code [1] via signal [SIGINT]\n'),
    processEvent('exit', { exit_code: 1 }),
  );
  expect(exits[0]).toMatchObject({ code: 1, signal: null });
});

test('a restart because of memory is PM2\'s own, not manual', () => {
  const line = '[PM2][WORKER] Process 0 restarted because it exceeds --max-memory-restart value (current_memory=9 max_memory_limit=5 [octets])\n';
  expect(read(daemonSays(line), processEvent('exit', { status: 'stopping' }))[0]).toMatchObject({ overMemory: true, manual: false });
  const stale = daemonSays(line, STARTED - 600_000);
  expect(read(stale, processEvent('exit', { status: 'stopping' }))[0]).toMatchObject({ overMemory: false, manual: true });
});

test('an app cannot forge the daemon\'s words', () => {
  const forged: [string, unknown] = ['log:PM2', { process: { pm_id: 7, name: 'evil' }, at: STARTED, data: 'App [shop:0] exited with code [0] via signal [SIGSEGV]' }];
  expect(read(forged, processEvent('exit'))[0]).toMatchObject({ signal: null });
});

test('an app\'s name may look like the line around it', () => {
  const [exit] = read(daemonSays('App [a:1] exited:0] exited with code [0] via signal [SIGKILL]\n'), processEvent('exit', { name: 'a:1] exited' }));
  expect(exit).toMatchObject({ pmId: 0, signal: 'SIGKILL' });
});

test('giving up is told beside the exit, and an online run once', () => {
  expect(read(processEvent('restart overlimit', { status: 'errored' }), processEvent('exit', { status: 'errored' }), processEvent('online', { pm_uptime: 1 })).map((e) => e.kind))
    .toEqual(['overlimit', 'exit', 'online']);
});

test('an exception is told by its stack, shortened and without what looks like a secret', () => {
  const stack = `Error: no route to postgres://shop:hunter2@db/shop\n    at x (app.js:1)\n${'y'.repeat(5_000)}`;
  const [event] = read(['process:exception', { at: STARTED, process: { pm_id: 0, name: 'shop' }, data: { message: 'no route', stack } }]);
  expect(event).toMatchObject({ kind: 'exception', name: 'shop', dedupe: `exception:0:${STARTED}` });
  const text = event?.kind === 'exception' ? event.text : '';
  expect(text).toContain('no route to postgres://shop:');
  expect(text).not.toContain('hunter2');
  expect(text.length).toBeLessThanOrEqual(700);
});

test('a secret of an exception stays out where it is the app’s own, and where the text is cut in its middle', () => {
  const told = (stack: string): string => {
    const [event] = read(['process:exception', { at: STARTED, process: { pm_id: 0, name: 'shop' }, data: { stack } }]);
    return event?.kind === 'exception' ? event.text : '';
  };
  expect(told('Error: refused, password=hunter2')).not.toContain('hunter2');
  expect(told(`${'x'.repeat(560)} postgres://shop:hunter2hunter2hunter2hunter2@db/shop`)).not.toContain('hunter2');
});

test.each([
  ['nothing', 'process:event', null],
  ['a packet without a process', 'process:event', { event: 'exit', at: 1 }],
  ['a process without a number', 'process:event', { event: 'exit', at: 1, process: { pm_id: 'x', name: 'shop' } }],
  ['an exception without data', 'process:msg', { at: 1, process: { pm_id: 0, name: 'shop' } }],
  ['an app that sends an event of its own', 'process:event', { at: 1, data: { event: 'exit' }, process: { pm_id: 0, name: 'shop' } }],
])('%s means nothing', (_, topic, packet) => {
  expect(read([topic, packet])).toEqual([]);
});

test('no event carries anything of the app\'s environment', () => {
  const events = read(processEvent('exit'), processEvent('online'), processEvent('restart overlimit'));
  expect(events).toHaveLength(3);
  expect(JSON.stringify(events)).not.toContain('leak-me');
});
