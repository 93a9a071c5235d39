import { describe, expect, it } from 'vitest';
import { standing, streakOf, verdictSide, type Side } from '../../../src/domain/streak.js';

const SIDES: Readonly<Record<string, Side>> = { b: 'bad', g: 'good', '-': null };

/** 'gb-b' from oldest to newest; '-' says nothing. */
function streak(text: string): ReturnType<typeof streakOf<string>> {
  return streakOf([...text], (letter) => SIDES[letter] ?? null);
}

describe('streakOf', () => {
  it.each([
    ['', null, ''],
    ['---', null, ''],
    ['b', 'bad', 'b'],
    ['ggbb', 'bad', 'bb'],
    ['bbg', 'good', 'g'],
    ['gb-b--', 'bad', 'bb'],
    ['g-g', 'good', 'gg'],
  ])('of %j is %j × %j', (text, side, run) => {
    expect(streak(text)).toEqual({ side, run: [...run] });
  });

  it('keeps the run oldest first', () => {
    expect(streakOf([1, -2, 3, 4], (n) => (n > 0 ? 'bad' : 'good')).run).toEqual([3, 4]);
  });
});

describe('verdictSide', () => {
  it.each([['good', 'good'], ['bad', 'bad'], ['unknown', null], ['error', null]] as const)('of %s is %s', (verdict, side) => {
    expect(verdictSide({ verdict })).toBe(side);
  });
});

describe('standing, with three to open and two to close', () => {
  it.each([
    ['bb', false, 'silent'],
    ['bbb', false, 'present'],
    ['b', true, 'present'],
    ['bbbg', true, 'silent'],
    ['bbbgg', true, 'absent'],
    ['gg', false, 'silent'],
    ['', true, 'silent'],
  ] as const)('%j, open: %j, is %s', (text, open, expected) => {
    expect(standing(streak(text), open, { bad: 3, good: 2 })).toBe(expected);
  });
});
