import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestWord } from '../../../src/domain/nearest.js';

describe('the nearest known word', () => {
  it.each([
    ['stauts', ['status', 'help'], 'status'],
    ['restore_point', ['restore-point', 'repair'], 'restore-point'],
    ['STATUS', ['status'], 'status'],
    ['xyzzy', ['status', 'help'], null],
    ['', ['status'], null],
    ['a', ['b'], null],
    ['x'.repeat(1_000), ['status'], null],
  ] as const)('of %.20s', (word, known, meant) => {
    expect(nearestWord(word, known)).toBe(meant);
  });

  it('is a known one or none, for any text', () => {
    fc.assert(fc.property(fc.string(), fc.array(fc.string(), { maxLength: 5 }), (word, known) => {
      const near = nearestWord(word, known);
      expect(near === null || known.includes(near)).toBe(true);
    }));
  });
});
