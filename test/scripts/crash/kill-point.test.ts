import { describe, expect, it } from 'vitest';
import { readPoints, sayPoint } from '../../../scripts/crash/kill-point.js';

describe('readPoints', () => {
  it.each(['monitor/acts+plans=running#1/before', 'bot/deliver#12/after', 'monitor/pm2 reload#1/during', 'bot/ms#350/after', 'monitor/*#40/before', 'monitor/run npm ci#1/torn+240', 'monitor/act check out#1/during+0'])('reads %s back as it was written', (words) => {
    expect(readPoints(words).map(sayPoint)).toEqual([words]);
  });

  it('takes a mere number for the transaction of that number of the monitor', () => {
    expect(readPoints('17').map(sayPoint)).toEqual(['monitor/*#17/after']);
  });

  it('reads several, with or without blanks behind the commas, and none out of nothing', () => {
    expect(readPoints('3, bot/deliver#1/before,monitor/steps=done#2/after')).toHaveLength(3);
    expect(readPoints('')).toEqual([]);
  });

  it.each(['0', 'cli/steps#1/after', 'monitor/steps/after', 'monitor/steps#1/soon', 'monitor/steps#one/after'])('refuses %s', (words) => {
    expect(() => readPoints(words)).toThrow('is no kill point');
  });
});
