import { describe, expect, it } from 'vitest';
import { didYouMean, listed } from '../../../src/config/did-you-mean.js';
import { drawPath } from '../../../src/config/mistake.js';
import { parseSize } from '../../../src/config/size.js';

describe('known words in a message', () => {
  it('lists no more than twenty', () => {
    expect(listed(Array.from({ length: 23 }, (_, index) => `k${index}`))).toMatch(/k19 and 3 more$/);
    expect(listed([])).toBe('nothing');
  });

  it('offer the one that was meant, where there is one', () => {
    expect(didYouMean('enpdoints', ['endpoints', 'uses'])).toBe('; did you mean "endpoints"?');
    expect([didYouMean('colour', ['endpoints', 'uses']), didYouMean(7, ['7'])]).toEqual(['', '']);
  });
});

describe('sizes', () => {
  it.each([
    ['512MB', 536_870_912],
    ['512M', 536_870_912],
    ['512 MiB', 536_870_912],
    ['1.5g', 1_610_612_736],
    ['64kb', 65_536],
    ['900000B', 900_000],
    ['512', null],
    ['MB', null],
    ['-1MB', null],
    ['1TB', null],
    ['1e3MB', null],
  ])('%s is %s bytes, as PM2 counts', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });
});

describe('a place in the file', () => {
  it.each([
    [['apps', 'shop', 'endpoints', 1, 'status'], 'apps.shop.endpoints[1].status'],
    [['apps', 'shop.eu', 'url'], 'apps["shop.eu"].url'],
    [['a\nb'], '["a\\nb"]'],
    [['x'.repeat(90)], `["${'x'.repeat(40)}"]`],
    [[], ''],
  ])('%j is drawn %s', (path, drawn) => {
    expect(drawPath(path)).toBe(drawn);
  });
});
