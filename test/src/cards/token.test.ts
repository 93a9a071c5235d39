import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawToken, readToken } from '../../../src/cards/token.js';

it('a token is read back as what it was drawn from, and is short', () => {
  fc.assert(fc.property(fc.constantFrom('yes', 'no', 'details'), fc.stringMatching(/^[0-9a-z]{1,40}$/), (asks, id) => {
    const token = drawToken({ asks, id });
    expect(Buffer.byteLength(token)).toBeLessThanOrEqual(60);
    expect(readToken(token)).toEqual({ asks, id });
  }));
});

it('any other text is none', () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const read = readToken(text);
    if (read) expect(drawToken(read)).toBe(text);
  }));
});
