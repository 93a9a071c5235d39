import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, wrapText } from '../../../src/cards/wrap.js';

describe('the width of text in a terminal', () => {
  it.each([
    ['letters', 'abc', 3],
    ['wide letters', '日本', 4],
    ['pictures', '🚨', 2],
    ['combining marks', 'e\u0301', 1],
  ])('counts %s', (_what, text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('wrapping', () => {
  it('breaks between words', () => expect(wrapText('one two three', 8)).toEqual(['one two', 'three']));
  it('breaks inside a word that is longer than a line', () => expect(wrapText('a abcdefghij b', 4)).toEqual(['a', 'abcd', 'efgh', 'ij b']));
  it('keeps newlines, empty lines and the spaces a line begins with', () => expect(wrapText('a\n\n  b', 8)).toEqual(['a', '', '  b']));
  it('counts columns, not characters', () => expect(wrapText('日本日本', 4)).toEqual(['日本', '日本']));

  it('never passes the width and loses nothing but spaces', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 120 }), fc.integer({ min: 2, max: 30 }), (text, width) => {
        const lines = wrapText(text, width);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });
});
