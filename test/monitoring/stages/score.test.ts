import { describe, expect, it } from 'vitest';
import { score } from '../../../monitoring/stages/score.js';
import { countersOf } from '../../../src/store/counters.js';
import { HOST, scoresSince } from '../../../src/store/scores.js';
import { quietShop } from './quiet-shop.js';

const NOW = Date.UTC(2026, 10, 22, 10, 0, 0);
const MINUTE = 60_000;
const watched = quietShop(NOW, { policy: 'ask' });

describe('the books', () => {
  it('are kept every five minutes, each minute while something is open, and when the clock stepped back', () => {
    const stage = score();
    const due = (open: boolean, now: number): boolean => stage.waits?.({ open } as never, now) ?? true;
    expect(due(false, NOW)).toBe(true);
    void stage.run({ clock: { now: () => NOW }, effects: { start: () => true } } as never);
    expect([due(false, NOW + 4 * MINUTE), due(true, NOW + MINUTE), due(false, NOW + 5 * MINUTE), due(false, NOW - 1)]).toEqual([false, true, true, true]);
  });

  it('hold the score of the host and of each app, and what was read', async () => {
    const { ctx } = watched.monitor;
    let keeping: Promise<void> | null = null;
    const effects = { ...ctx.effects, start: (_key: string, run: (signal: AbortSignal) => Promise<void>) => ((keeping = run(new AbortController().signal)), true) };
    await score().run({ ...ctx, effects });
    await keeping;
    const subjects = (await ctx.store.db.selectFrom('scores').select('subject').execute()).map(({ subject }) => subject);
    expect([subjects.length, subjects.includes(HOST)]).toEqual([2, true]);
    expect(await scoresSince(ctx.store.db, { hostId: ctx.hostId, subject: HOST }, 0)).toHaveLength(1);
    expect((await countersOf(ctx.store.db, ctx.hostId)).every(({ name }) => name === 'readings')).toBe(true);
  });
});
