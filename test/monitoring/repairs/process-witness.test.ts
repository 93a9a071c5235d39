import { expect, test } from 'vitest';
import { positionOf, readWitness, startPositionOf, stopPositionOf, witnessOf, witnessed } from '../../../monitoring/repairs/process-witness.js';
import type { StepPosition } from '../../../monitoring/repairs/repair.js';
import type { Pm2Process } from '../../../src/io/pm2.js';
import { listed } from '../../doubles/pm2-list.js';

const one = listed({ pmId: 1, pid: 11, startedAt: 100 });
const two = listed({ pmId: 2, pid: 12, startedAt: 100 });
const newOne = listed({ pmId: 1, pid: 21, startedAt: 200 });
const newTwo = listed({ pmId: 2, pid: 22, startedAt: 200 });
const down = listed({ pmId: 1, pid: 0, startedAt: 100, status: 'errored' });

test.each<[string, Pm2Process[], Pm2Process[], StepPosition]>([
  ['nothing has changed', [one, two], [one, two], 'before'],
  ['what PM2 gave up is still given up', [down], [down], 'before'],
  ['every instance is in a new run', [one, two], [newOne, newTwo], 'after'],
  ['the new run has the old pid', [one], [{ ...newOne, pid: one.pid }], 'after'],
  ['the process was deleted and started anew under another id', [one], [listed({ pmId: 9, startedAt: 300 })], 'after'],
  ['the new run errored: the act was done, the checks will say', [one], [{ ...newOne, status: 'errored', pid: 0 }], 'after'],
  ['one of two instances is new', [one, two], [newOne, two], 'moving'],
  ['the old run is ending, with its pid still shown', [one], [{ ...one, status: 'stopping' }], 'moving'],
  ['the old run has ended', [one], [{ ...one, status: 'stopped', pid: 0 }], 'moving'],
  ['the new run is starting', [one], [{ ...newOne, status: 'launching' }], 'moving'],
  ['PM2 waits before it starts it', [one], [{ ...one, status: 'waiting restart', pid: 0 }], 'moving'],
  ['the witnessed run gave up by itself', [one], [{ ...one, status: 'errored', pid: 0 }], 'moving'],
  ['an instance is missing', [one, two], [one], 'moving'],
  ['nothing of that name is listed', [one], [listed({ name: 'cart' })], 'unknown'],
  ['nothing was witnessed', [], [one], 'unknown'],
])('%s', (_, before, now, expected) => {
  const witness = witnessOf(['shop'], before);
  expect(positionOf('shop', witnessed(witness, 'shop'), now)).toBe(expected);
});

const waiting = listed({ pmId: 1, pid: 0, startedAt: 100, status: 'waiting restart' });
const stopped = listed({ pmId: 1, pid: 0, startedAt: 100, status: 'stopped' });

test.each<[string, Pm2Process[], Pm2Process[], StepPosition, StepPosition]>([
  ['it still waits', [waiting], [waiting], 'before', 'moving'],
  ['PM2 tried once more, and it waits again', [waiting], [{ ...waiting, startedAt: 200 }], 'before', 'after'],
  ['another instance runs as it did', [waiting, two], [waiting, two], 'before', 'moving'],
  ['another instance was stopped, and then nothing', [waiting, two], [waiting, { ...two, status: 'stopped', pid: 0 }], 'before', 'moving'],
  ['it is stopped', [waiting], [stopped], 'after', 'before'],
  ['PM2 started it meanwhile, and it stands', [waiting], [newOne], 'after', 'after'],
  ['it is starting', [waiting], [{ ...newOne, status: 'launching' }], 'moving', 'moving'],
  ['nothing of that name is listed', [waiting], [], 'unknown', 'unknown'],
])('stopped, then started: %s', (_, before, now, stop, start) => {
  const runs = witnessed(witnessOf(['shop'], before), 'shop');
  expect([stopPositionOf('shop', runs, now), startPositionOf('shop', runs, now)]).toEqual([stop, start]);
});

test('a witness holds the runs of each name, and comes back from the journal as it went in', () => {
  const witness = witnessOf(['shop', 'worker'], [one, listed({ name: 'worker', pmId: 3 }), listed({ name: 'other', pmId: 4 })]);
  expect(witness.processes.map(({ name, instances }) => [name, instances.map((run) => run.pmId)])).toEqual([['shop', [1]], ['worker', [3]]]);
  expect(readWitness(JSON.parse(JSON.stringify(witness)))).toEqual(witness);
});

test('a witness of something else is refused', () => {
  expect(() => readWitness({ count: 7 })).toThrow();
});
