import { describe, expect, it } from 'vitest';
import { checkLabel, valueNamed } from '../../../src/domain/series.js';

describe('valueNamed', () => {
  it('is the value at the name’s place, and null where there is none', () => {
    expect(valueNamed(['a', 'b'], [1, 0], 'b')).toBe(0);
    expect(valueNamed(['a', 'b'], [1, null], 'b')).toBeNull();
    expect(valueNamed(['a', 'b'], [1], 'b')).toBeNull();
    expect(valueNamed(['a', 'b'], [1, 2], 'c')).toBeNull();
  });
});

describe('checkLabel', () => {
  it.each([['http:/checkout', '/checkout'], ['liveness', 'liveness'], ['http:', 'http:'], ['pm2', 'pm2']])('of %s is %s', (name, label) => {
    expect(checkLabel(name)).toBe(label);
  });
});
