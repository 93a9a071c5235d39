import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/domain/check.js';
import { stayedBroken } from '../../../src/domain/stayed-broken.js';

const WORDS: Readonly<Record<string, Verdict>> = { g: 'good', b: 'bad', u: 'unknown', e: 'error' };

/** One reading each second from 0 on, by their first letters. */
function readings(letters: string): readonly { readonly at: number; readonly verdict: Verdict }[] {
  return [...letters].map((letter, at) => ({ at, verdict: WORDS[letter] as Verdict }));
}

describe('a check, after a trouble of a server from second 4 until second 8,', () => {
  it.each([
    ['ggggggbbbbbbbb', true, 'that broke with it, and stays so'],
    ['ggggbbbbbbbbbb', false, 'that was bad while the server was still good'],
    ['gggggggggggbbb', false, 'that was good after it, and broke later'],
    ['ggggggbbbbgggb', false, 'that came back, and broke again'],
    ['ggggggbbbbgbgb', true, 'of which one worker of several came back'],
    ['bbbbbbbbbbbbbb', false, 'that was never good'],
    ['ggguueebbbbbbb', true, 'that could not be measured at its beginning'],
    ['g        bbbbb', true, 'that is measured seldom'],
    ['gggggggggggggg', false, 'that never broke'],
    ['', false, 'without a reading'],
  ])('%s: %s, %s', (letters, expected) => {
    const known = readings(letters).filter(({ verdict }) => verdict !== undefined);
    expect(stayedBroken(known, { from: 4, until: 8 })).toBe(expected);
  });
});
