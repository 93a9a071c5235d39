import { describe, expect, it } from 'vitest';
import { countPath, dealer, seeded, type Path } from '../../../scripts/crash/draw.js';
import { sayKind, sayPoint } from '../../../scripts/crash/kill-point.js';

const path: Path = { monitor: new Map([['samples', 90], ['steps=done', 5], ['pm2 reload', 1]]), bot: new Map([['deliver', 8]]) };
const drawn = (seed: number, runs: number) => {
  const draw = dealer(path, seeded(seed));
  return Array.from({ length: runs }, draw);
};

describe('dealer', () => {
  it('draws the same deaths for the same seed, and others for another', () => {
    const words = (seed: number) => drawn(seed, 10).map(({ points }) => points.map(sayPoint).join()).join('\n');
    expect(words(3)).toBe(words(3));
    expect(words(3)).not.toBe(words(4));
  });

  it('comes to every kind of place once before it comes to any again', () => {
    const dealt = drawn(1, 100).flatMap(({ points }) => points).filter(({ what }) => what !== 'ms').map(sayKind);
    const kinds = 3 * 2 + 2 + 1; // Before and after each of four, and PM2's act cut short.
    expect(new Set(dealt.slice(0, kinds)).size).toBe(kinds);
    expect(new Set(dealt.slice(kinds, 2 * kinds)).size).toBe(kinds);
  });

  it('cuts short only what PM2 does, and counts no further than the path goes', () => {
    const points = drawn(2, 200).flatMap((draw) => draw.points).filter(({ what }) => what !== 'ms');
    expect(points.filter(({ when }) => when === 'during').every(({ what }) => what.startsWith('pm2 '))).toBe(true);
    for (const { who, what, nth } of points) expect(nth).toBeLessThanOrEqual(path[who].get(what) ?? 0);
  });

  it('has a few deaths by the clock, some of both processes in one moment', () => {
    const clocks = drawn(5, 200).map(({ points }) => points.filter(({ what }) => what === 'ms')).filter(({ length }) => length > 0);
    expect(clocks.length).toBeGreaterThan(20);
    const both = clocks.filter(({ length }) => length === 2);
    expect(both.length).toBeGreaterThan(5);
    expect(both.every(([a, b]) => a?.nth === b?.nth && a?.who !== b?.who)).toBe(true);
  });
});

describe('countPath', () => {
  it('counts what was reached, and no births, ends or deaths', () => {
    const line = (kind: 'born' | 'reached' | 'ended' | 'killed', what: string) => ({ line: kind, at: 1, what });
    const counts = countPath([line('born', '7'), line('reached', 'samples'), line('ended', 'samples'), line('reached', 'samples'), line('killed', 'monitor/samples#2/before')]);
    expect([...counts]).toEqual([['samples', 2]]);
  });
});
