import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanLine, cleanText, cutText } from '../../../src/cards/clean.js';

describe('text from outside', () => {
  it.each([
    ['colours of a log line', '\u001b[31mred\u001b[0m', 'red'],
    ['a window title', 'a\u001b]0;owned\u0007b', 'ab'],
    ['a sequence that begins with one C1 character', 'a\u009b2Jb', 'ab'],
    ['a lone escape', 'a\u001bb', 'ab'],
    ['bells and backspaces', 'pass\u0008\u0008\u0007word', 'password'],
    ['marks that turn the direction', 'a\u202egnp.exe\u2066\u200fb', 'agnp.exeb'],
    ['Windows and Unicode line ends', 'a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
    ['tabs', 'a\tb', 'a  b'],
    ['half characters', 'a\ud83d b', 'a\ufffd b'],
    ['joined pictures, which stay', '👩‍🚒 ok', '👩‍🚒 ok'],
  ])('loses %s', (_what, raw, clean) => {
    expect(cleanText(raw)).toBe(clean);
  });

  it('fits on one line where one line is asked for', () => {
    expect(cleanLine('  a\n\n b\t c ')).toBe('a b c');
  });
});

describe('a cut', () => {
  it('leaves what fits', () => expect(cutText('abcd', 4)).toBe('abcd'));
  it('ends in an ellipsis and keeps the limit', () => expect(cutText('abcdef', 4)).toBe('abc…'));
  it('gives nothing where there is no room', () => expect(cutText('abc', 0)).toBe(''));

  it('never splits a character and never passes the limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.nat(40), (text, max) => {
        const cut = cutText(cleanText(text), max);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });
});
