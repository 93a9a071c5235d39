import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestWord } from '../../../src/domain/nearest.js';

const KEYS = ['endpoints', 'liveness', 'pm2', 'uses', 'data_dir', 'act-and-tell'];

describe('the nearest known word', () => {
  it.each([
    ['stauts', ['status', 'help'], 'status'],
    ['restore_point', ['restore-point', 'repair'], 'restore-point'],
    ['STATUS', ['status'], 'status'],
    ['xyzzy', ['status', 'help'], null],
    ['', ['status'], null],
    ['a', ['b'], null],
    ['x'.repeat(100_000), ['status'], null],
    ['endpoint', KEYS, 'endpoints'],
    ['enpdoints', KEYS, 'endpoints'],
    ['lifeness', KEYS, 'liveness'],
    ['use', KEYS, 'uses'],
    ['dataDir', KEYS, 'data_dir'],
    ['DATA-DIR', KEYS, 'data_dir'],
    ['act', KEYS, 'act-and-tell'],
    ['pm', KEYS, 'pm2'],
    ['colour', KEYS, null],
    ['xy', KEYS, null],
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
