import { describe, expect, it } from 'vitest';
import { drawPath } from '../../../src/config/mistake.js';
import { listed, nearest } from '../../../src/config/nearest.js';
import { parseSize } from '../../../src/config/size.js';

describe('the nearest known word', () => {
  const KEYS = ['endpoints', 'liveness', 'pm2', 'uses', 'data_dir', 'act-and-tell'];

  it.each([
    ['endpoint', 'endpoints'],
    ['enpdoints', 'endpoints'],
    ['lifeness', 'liveness'],
    ['use', 'uses'],
    ['dataDir', 'data_dir'],
    ['DATA-DIR', 'data_dir'],
    ['act', 'act-and-tell'],
    ['pm', 'pm2'],
    ['colour', null],
    ['xy', null],
    ['', null],
    ['x'.repeat(100_000), null],
  ])('of %s is %s', (word, meant) => {
    expect(nearest(word.slice(0, 200_000), KEYS)).toBe(meant);
  });

  it('lists no more than twenty', () => {
    expect(listed(Array.from({ length: 23 }, (_, index) => `k${index}`))).toMatch(/k19 and 3 more$/);
    expect(listed([])).toBe('nothing');
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
