import { describe, expect, it } from 'vitest';
import { best, drawTable, ratio, said, summaryOf } from '../../../scripts/bench/figures.js';

describe('what many measurements come to', () => {
  it('counts what was not seen as missed, and leaves it out of the median', () => {
    expect(summaryOf([30, null, 10, 20])).toEqual({ n: 3, median: 20, p95: 30, missed: 1 });
  });

  it('is nothing of nothing', () => {
    expect(summaryOf([])).toEqual({ n: 0, median: null, p95: null, missed: 0 });
    expect(summaryOf([null])).toEqual({ n: 0, median: null, p95: null, missed: 1 });
  });
});

describe('a ratio', () => {
  it('is ours over the other, to two digits', () => {
    expect(ratio(1_227, 2_454)).toBe(0.5);
    expect(ratio(4, 521)).toBe(0.0077);
    expect(ratio(3_333, 1_000)).toBe(3.3);
  });

  it('is not there where one of them is missing, or the other cost nothing', () => {
    expect(ratio(null, 5)).toBeNull();
    expect(ratio(5, null)).toBeNull();
    expect(ratio(5, 0)).toBeNull();
  });

  it('is taken against the best of the others', () => {
    expect(best([766, null, 402])).toBe(402);
    expect(best([null])).toBeNull();
  });
});

describe('a table', () => {
  it('stands in columns: the names to the left, the numbers to the right', () => {
    expect(drawTable([['', 'ms'], ['kill', '9'], ['a longer name', '1200']])).toBe(['                 ms', 'kill              9', 'a longer name  1200'].join('\n'));
  });

  it('shows a dash for what is not there', () => {
    expect([said(null), said(12.345, 1), said(0)]).toEqual(['–', '12.3', '0']);
  });
});
