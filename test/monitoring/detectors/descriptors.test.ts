import { expect, it } from 'vitest';
import { descriptors } from '../../../monitoring/detectors/descriptors.js';
import { inputOf, pm2Series, process, type Happening } from './build.js';

const options = descriptors.options.parse({});
const OPEN = ['descriptors:pm2'];

function claims(shares: readonly number[], open: readonly string[] = []) {
  return descriptors.detect(inputOf(options, { series: [pm2Series(shares.map((share): Happening => process({ descriptors: share })))], open }));
}

it('a process that has most of its files and sockets open is told after three readings', () => {
  expect(claims([0.5, 0.92, 0.93])).toEqual([]);
  expect(claims([0.5, 0.92, 0.93, 0.94])).toMatchObject([{ kind: 'descriptors', severity: 'warning', emergency: false, title: '94 % of the files and sockets that a process of it may open are open' }]);
});

it('is critical where the next connection may be the last, and never rounded up to all', () => {
  expect(claims([0.99, 0.99, 0.999])).toMatchObject([{ severity: 'critical', title: expect.stringMatching(/^99 %/) }]);
});

it('is over after two readings well below, and not in between', () => {
  expect(claims([0.95, 0.95, 0.95, 0.85, 0.85], OPEN)).toMatchObject([{ state: 'present' }]);
  expect(claims([0.95, 0.95, 0.95, 0.1], OPEN)).toEqual([]);
  expect(claims([0.95, 0.95, 0.95, 0.1, 0.1], OPEN)).toEqual([{ state: 'absent', fingerprint: 'descriptors:pm2' }]);
});
