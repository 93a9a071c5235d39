import { expect, it } from 'vitest';
import { lateness } from '../../../scripts/bench/target.js';

const dueAt = (path: string) => (path === '/known' ? 1_000_300 : null);

it('counts from the due time that came last, whichever of them is known', () => {
  const arrivals = [{ path: '/known', at: 990_304 }, { path: '/known', at: 1_010_300 }, { path: '/known', at: 1_029_000 }];
  expect(lateness(arrivals, 10_000, dueAt)).toEqual([4, 0, 8_700]);
});

it('says nothing of a path that has no due time', () => {
  expect(lateness([{ path: '/favicon.ico', at: 5 }], 10_000, dueAt)).toEqual([]);
});
