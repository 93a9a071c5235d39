import { expect, test } from 'vitest';
import type { Pm2Process } from '../../../src/io/pm2.js';
import { exitsBetween, keptEntry } from '../../../src/io/pm2-missed.js';

function run(startedAt: number, fields: Partial<Pm2Process> = {}): Pm2Process {
  return {
    pmId: 0, name: 'shop', pid: 100, status: 'online', mode: 'fork', startedAt, uniqueId: 'u', restarts: 0, exitCode: null, memoryBytes: null,
    cpuPercent: null, eventLoopP95Ms: null, heapUsedBytes: null, requestsPerS: null, execPath: '', cwd: '', nodeVersion: null, maxMemoryRestartBytes: null,
    actions: [], autorestart: true, outLog: null, errLog: null, ...fields,
  };
}

const keys = (...args: Parameters<typeof exitsBetween>): readonly string[] => exitsBetween(...args).map((exit) => exit.dedupe);

test.each<[string, Pm2Process[], Pm2Process[], string[]]>([
  ['the same run still goes on: none', [run(10)], [run(10)], []],
  ['a new run follows: the known one ended, under the key the bus gives', [run(10)], [run(20, { restarts: 1 })], ['exit:0:10']],
  ['three restarts: two runs were never seen', [run(10)], [run(40, { restarts: 3 })], ['exit:0:10', 'exit:0:40-1', 'exit:0:40-2']],
  ['it stands still now', [run(10)], [run(10, { status: 'stopped', pid: 0 })], ['exit:0:10']],
  ['it came back and gave up', [run(10)], [run(20, { restarts: 1, status: 'errored' })], ['exit:0:10', 'exit:0:20']],
  ['it stood still before, and was started', [run(10, { status: 'stopped' })], [run(20)], []],
  ['it stood still, was started, and crashed once', [run(10, { status: 'stopped' })], [run(30, { restarts: 1 })], ['exit:0:30-1']],
  ['it is gone from the list', [run(10)], [], ['exit:0:10']],
  ['a new daemon counts from 0 again', [run(10, { restarts: 7 })], [run(20, { uniqueId: 'v' })], ['exit:0:10']],
  ['the counter was reset by a person', [run(10, { restarts: 7 })], [run(20)], ['exit:0:10']],
  ['another process took its id', [run(10)], [run(20, { name: 'cart' })], ['exit:0:10']],
])('%s', (_, before, now, expected) => {
  expect(keys(before, now)).toEqual(expected);
});

test('runs of which the bus told are not counted a second time', () => {
  expect(keys([run(10)], [run(40, { restarts: 3 })], ['exit:0:10', 'exit:0:20', 'exit:5:33'])).toEqual(['exit:0:10', 'exit:0:40-1']);
});

test('a loop that ran unseen all night is told in at most 101 exits', () => {
  expect(keys([run(10)], [run(99, { restarts: 20_000 })])).toHaveLength(101);
});

test.each<[string, Pm2Process[], boolean]>([
  ['its next run', [run(20, { restarts: 1 })], true],
  ['another daemon’s entry', [run(20, { uniqueId: 'v' })], false],
  ['no entry', [], false],
  ['another app’s entry under its number', [run(20, { name: 'blog' })], false],
])('%s: is it still the entry that PM2 may have started again?', (_, now, kept) => {
  expect(keptEntry([run(10)], now, 0)).toBe(kept);
});
