import { describe, expect, it } from 'vitest';
import { replay, watchOf, type Fault, type Said } from './healthy-watch.js';

/** Where the faults are; the hours around are the ones above. */
const AROUND = { from: 1_900, to: 2_300 };
const SEEDS: readonly number[] = Array.from({ length: 10 }, (_, n) => n + 1);

const FIVE = SEEDS.slice(0, 5);

/** The problems that were opened, as 'kind at minute: title'. */
function opened(said: readonly Said[]): readonly string[] {
  return said.flatMap(({ minute, claim }) => (claim.state === 'present' ? [`${claim.kind} at ${minute}: ${claim.title}`] : []));
}

function firstOf(seed: number, kind: string, fault: Fault): { readonly minute: number; readonly others: readonly string[] } {
  const said = replay(watchOf(seed, fault), AROUND);
  const present = said.flatMap(({ minute, claim }) => (claim.state === 'present' ? [{ minute, kind: claim.kind }] : []));
  return {
    minute: present.find((one) => one.kind === kind)?.minute ?? Number.POSITIVE_INFINITY,
    others: present.filter((one) => one.kind !== kind).map((one) => one.kind),
  };
}

describe('72 noisy but healthy hours', () => {
  it.each(SEEDS)('are met with silence (seed %i)', (seed) => {
    expect(opened(replay(watchOf(seed)))).toEqual([]);
  });
});

describe('why latency asks for more than three readings above three times the median', () => {
  it('such a run is met in one of these ten healthy watches too', () => {
    const simple = { options: { latency: { mild: 3, gross: 1, tail: 1 } } };
    expect(opened(replay(watchOf(10), simple))).toEqual([expect.stringMatching(/^latency at/)]);
  });
});

describe('the same hours with a fault in them', () => {
  it.each(FIVE)('ten times the latency is seen within ten minutes (seed %i)', (seed) => {
    const { minute, others } = firstOf(seed, 'latency', { fromMin: 2_000, latency: 10 });
    expect(minute).toBeGreaterThanOrEqual(2_000);
    expect(minute).toBeLessThan(2_010);
    expect(others).toEqual([]);
  });

  it.each(FIVE)('a leak of 3 MiB a minute is seen before it reaches the limit (seed %i)', (seed) => {
    const said = replay(watchOf(seed, { fromMin: 2_000, leakMibPerMin: 3 }), AROUND);
    const titles = opened(said);
    expect(titles[0]).toMatch(/^memory at 2[0-2]\d\d: memory grows without end/);
    expect(titles.filter((title) => !title.startsWith('memory'))).toEqual([]);
  });

  it.each(FIVE)('a crash every three minutes is seen at the third, and ends (seed %i)', (seed) => {
    const said = replay(watchOf(seed, { fromMin: 2_000, crashEveryMin: 3 }), AROUND);
    const loop = said.filter(({ claim }) => claim.fingerprint === 'crash-loop');
    expect(loop.map(({ claim }) => claim.state)).toEqual(['present', 'absent']);
    expect(loop[0]?.minute).toBeGreaterThanOrEqual(2_003);
    expect(loop[0]?.minute).toBeLessThanOrEqual(2_006);
    expect(loop[1]?.minute).toBe(2_063);
  });
});
