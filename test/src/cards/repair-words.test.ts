import { describe, expect, it } from 'vitest';
import { sayPlan } from '../../../src/cards/repair-words.js';
import { good, plan, rollbackPlan, switchBack } from './views.js';

describe('what a plan would do, in words', () => {
  it.each([
    ['a prepared rollback names where it leads', rollbackPlan, 'roll back to 9d1e003'],
    ['one that is not prepared names what was asked for', { ...rollbackPlan, prepared: null, args: { to: 'abcdef0123', reason: '' } }, 'roll back to abcdef0'],
    ['one that was asked for by an id of the ledger does not show the id', { ...rollbackPlan, prepared: null, args: { to: '06g8zk2v1a7k2m9qx', reason: '' } }, 'roll back'],
    ['one that leads to a release nobody knows', { ...rollbackPlan, prepared: { ...switchBack, leadsTo: '06g8zk2v1a7k2m9qx' as never } }, 'roll back'],
    ['one with nothing said', { ...rollbackPlan, prepared: null, args: null }, 'roll back'],
    ['another repair', plan(), 'do pm2.reload'],
  ] as const)('%s', (_name, said, words) => {
    expect(sayPlan(said, [good])).toBe(words);
  });
});
