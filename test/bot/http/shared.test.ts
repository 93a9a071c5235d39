import { describe, expect, it } from 'vitest';
import { createShared } from '../../../bot/http/shared.js';

describe('what many ask for', () => {
  it('is made once at a time, however long that takes, and again once it is old', async () => {
    let [now, made] = [0, 0];
    const ends: (() => void)[] = [];
    const shared = createShared(1_000, () => now);
    const ask = () => shared('board', () => new Promise<number>((done) => ends.push(() => done((made += 1)))));
    const first = [ask(), ask()];
    now = 5_000;
    first.push(ask());
    expect(ends.length).toBe(1);
    ends[0]?.();
    expect(await Promise.all(first)).toEqual([1, 1, 1]);
    now = 5_999;
    expect([await ask(), ends.length]).toEqual([1, 1]);
    now = 6_000;
    const second = ask();
    expect(ends.length).toBe(2);
    ends[1]?.();
    expect(await second).toBe(2);
  });

  it('is not kept where it failed, nor mixed with another', async () => {
    const shared = createShared(1_000, () => 0);
    await expect(shared('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await Promise.all([shared('a', async () => 1), shared('b', async () => 2), shared('a', async () => 3)])).toEqual([1, 2, 1]);
  });
});
