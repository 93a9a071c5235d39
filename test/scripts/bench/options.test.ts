import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../scripts/bench/options.js';

describe('the options of a bench', () => {
  it('are a whole run of ten rounds unless said otherwise', () => {
    expect(readOptions([])).toMatchObject({ reps: 10, checks: [100, 1000], parts: ['faults', 'load', 'idle', 'redis', 'postgres', 'pm2', 'rollback'], json: false, profile: null });
    expect(readOptions(['--only', 'load', '--checks', '50', '--seconds', '20'])).toMatchObject({ parts: ['load'], checks: [50], loadMs: 20_000 });
  });

  it('names the repairs of PM2, Redis and PostgreSQL by one word', () => {
    const parts = ['redis', 'postgres', 'pm2'];
    expect([readOptions(['repairs']).parts, readOptions(['--only', 'repairs']).parts, readOptions(['pm2', 'postgres', 'redis', '--json']).parts]).toEqual([parts, parts, parts]);
  });

  it('names the way back beside others by its word', () => {
    expect(readOptions(['rollback', '--reps', '5'])).toMatchObject({ parts: ['rollback'], reps: 5 });
  });

  it.each([
    [['--reps', '0'], '--reps takes a whole number from 1 to 200, not “0”'],
    [['--checks', '100,many'], '--checks takes a whole number from 10 to 1000, not “many”'],
    [['--only', 'fault'], '--only takes repairs, faults, load, idle, redis, postgres, pm2, rollback, not “fault”'],
    [['repair'], 'a bench takes repairs, faults, load, idle, redis, postgres, pm2, rollback, not “repair”'],
    [['repairs', '--only', 'load'], 'by words or by --only, not by both'],
    [['--rep', '3'], /--rep/],
  ])('are refused when %j is given', (words, message) => {
    expect(() => readOptions(words)).toThrow(message);
  });
});
