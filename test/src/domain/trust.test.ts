import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { RemediationId } from '../../../src/domain/ids.js';
import type { JudgedRun } from '../../../src/domain/learning.js';
import { proposalsFrom, trustRule } from '../../../src/domain/trust.js';

const run = (n: number, change: Partial<JudgedRun> = {}): JudgedRun => ({
  id: `r${n}` as RemediationId, repair: 'pm2.reload', risk: 'safe', kind: 'memory', verdict: 'ask', byHand: false, state: 'verified', fingerprint: 'memory:shop', endedAt: n, outcome: 'helped', ...change,
});
const runs = (count: number, change: Partial<JudgedRun> = {}): readonly JudgedRun[] => Array.from({ length: count }, (_, n) => run(n, change));

describe('the trust ladder by evidence', () => {
  it('proposes to stop asking after ten runs in a row that people said yes to and that helped', () => {
    expect(proposalsFrom(runs(10))).toEqual([{ repair: 'pm2.reload', from: 'ask', to: 'act-and-tell', runs: 10, since: 0 }]);
    expect(proposalsFrom(runs(9))).toEqual([]);
  });

  it.each([
    ['one of them did not help', { outcome: 'did_not_help' }],
    ['one of them is unclear', { outcome: 'unclear' }],
    ['one of them was not asked about', { verdict: 'auto' }],
    ['they destroy something', { risk: 'destructive' }],
    ['they are rollbacks', { repair: 'release.rollback', risk: 'disruptive' }],
  ] as const)('does not while %s', (_why, change) => {
    expect(proposalsFrom('risk' in change ? runs(10, change) : runs(10).toSpliced(4, 1, run(4, change)))).toEqual([]);
  });

  it('begins the row anew after one that did not help', () => {
    expect(proposalsFrom([run(0, { outcome: 'did_not_help' }), ...runs(12).slice(1)])).toMatchObject([{ runs: 11, since: 1 }]);
  });

  it('leaves out what the day is not over for', () => {
    expect(proposalsFrom([...runs(10), run(10, { outcome: 'open' })])).toMatchObject([{ runs: 10 }]);
  });

  it('proposes to ask again after two runs in a row by itself that did not help, not after one', () => {
    const failed = { verdict: 'auto', outcome: 'did_not_help' } as const;
    expect(proposalsFrom([run(0), run(1, failed)])).toEqual([]);
    expect(proposalsFrom([run(0), run(1, failed), run(2, failed)])).toEqual([{ repair: 'pm2.reload', from: 'act-and-tell', to: 'ask', runs: 2, since: 1 }]);
    expect(proposalsFrom([run(1, failed), run(2, failed), run(3, { verdict: 'auto' })])).toEqual([]);
  });

  it('passes over what people asked for by hand', () => {
    expect(proposalsFrom([...runs(5), run(5, { byHand: true, outcome: 'did_not_help' }), ...runs(5)])).toMatchObject([{ runs: 10 }]);
  });

  it('says what to paste', () => {
    expect(trustRule({ repair: 'pm2.reload', to: 'act-and-tell' }, 'shop')).toBe('- { repair: pm2.reload, target: shop, rung: act-and-tell }');
    expect(parse(trustRule({ repair: 'pm2.reload', to: 'ask' }, 'shop #2'))).toEqual([{ repair: 'pm2.reload', target: 'shop #2', rung: 'ask' }]);
  });
});
