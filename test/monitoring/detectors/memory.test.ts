import { describe, expect, it } from 'vitest';
import { memory } from '../../../monitoring/detectors/memory.js';
import type { Claim } from '../../../src/domain/finding.js';
import { error, inputOf, MINUTE, pm2Series, process, type Happening } from './build.js';

const LIMIT = 'memory-limit:pm2';
const GROWTH = 'memory-growth:pm2';

function detect(happenings: readonly Happening[], facts: { open?: readonly string[]; options?: object; everyMs?: number; trusted?: boolean } = {}): readonly Claim[] {
  const series = [pm2Series(happenings, { everyMs: facts.everyMs ?? MINUTE, trusted: facts.trusted ?? true })];
  return memory.detect(inputOf(memory.options.parse(facts.options ?? {}), { series, open: facts.open ?? [] }));
}

/** One life of a process from its start, a reading a minute. */
function life(minutes: number, mibAt: (minute: number) => number): readonly Happening[] {
  return Array.from({ length: minutes }, (_, minute) => process({ memory: mibAt(minute), uptimeMs: minute * MINUTE }));
}

const at = (share: number): Happening => process({ share, memory: share * 500 });

describe('memory near its limit', () => {
  it.each([
    { rule: 'below nine tenths is well', seen: [at(0.89), at(0.89), at(0.89)], open: [], says: [] },
    { rule: 'two readings are a spike', seen: [at(0.5), at(0.95), at(0.95)], open: [], says: [] },
    { rule: 'three in a row are critical', seen: [at(0.5), at(0.9), at(0.92), at(0.94)], open: [], says: ['present'] },
    { rule: 'a failed reading neither counts nor resets', seen: [at(0.9), error, at(0.9), at(0.9)], open: [], says: ['present'] },
    { rule: 'between eight and nine tenths nothing ends', seen: [at(0.95), at(0.85), at(0.85)], open: [LIMIT], says: ['present'] },
    { rule: 'below eight tenths, twice, it is over', seen: [at(0.95), at(0.79), at(0.7)], open: [LIMIT], says: ['absent'] },
    { rule: 'without a limit there is no share of it', seen: [process({ memory: 9_000 }), process({ memory: 9_000 }), process({ memory: 9_000 })], open: [], says: [] },
  ])('$rule', ({ seen, open, says }) => {
    expect(detect(seen, { open }).map(({ state }) => state)).toEqual(says);
  });

  it('is an emergency, and says how much', () => {
    expect(detect([at(0.9), at(0.92), at(0.94)])).toEqual([{
      state: 'present',
      fingerprint: LIMIT,
      kind: 'memory',
      severity: 'critical',
      emergency: true,
      title: 'memory at 94 % of its limit, 470 MiB',
      evidence: ['3 readings in a row at or above 90 %, for 2 min'],
    }]);
  });

  it("takes the operator's limit before the process' own", () => {
    const seen = [at(0.95), at(0.95), at(0.95)];
    expect(detect(seen, { options: { limitBytes: 1_000 * 1_048_576 } })).toEqual([]);
    expect(detect([process({ memory: 95 }), process({ memory: 95 }), process({ memory: 95 })], { options: { limitBytes: 100 * 1_048_576 } })).toHaveLength(1);
  });
});

describe('memory that grows without end', () => {
  const leak = (minute: number): number => 100 + 2 * minute + (minute % 3) * 4;

  it('is seen through the teeth of the garbage collector, with its pace', () => {
    const [claim] = detect(life(110, leak));
    expect(claim).toMatchObject({ state: 'present', fingerprint: GROWTH, kind: 'memory', severity: 'warning', emergency: false });
    expect(claim).toMatchObject({ title: 'memory grows without end: by 160 % to 322 MiB in 1 h 39 min' });
    expect(claim).toMatchObject({ evidence: ['120 MiB an hour, and its lowest values rise too'] });
  });

  it('is seen within minutes where it is so steep that the machine would be full before anybody looked', () => {
    const seen = Array.from({ length: 12 }, (_, n) => process({ memory: 60 + 240 * n, uptimeMs: n * MINUTE / 2 }));
    expect(detect(seen, { everyMs: MINUTE / 2 })).toMatchObject([{ fingerprint: GROWTH, kind: 'memory', severity: 'critical', emergency: false, title: expect.stringMatching(/^memory grows without end: by \d+ % to 2700 MiB in 4 min$/) as string }]);
  });

  it.each([
    { rule: 'a cache that is filled at the start and then stays', mib: (n: number) => 60 + 2_000 * (1 - Math.exp(-n / 3)) },
    { rule: 'a large app that grows by a fifth', mib: (n: number) => 4_000 + 80 * n },
    { rule: 'a small one that grows to 300 MiB', mib: (n: number) => 60 + 22 * n },
  ])('is not $rule', ({ mib }) => {
    expect(detect(Array.from({ length: 12 }, (_, n) => process({ memory: mib(n), uptimeMs: n * MINUTE / 2 })), { everyMs: MINUTE / 2 })).toEqual([]);
  });

  it('tells when the limit will be reached', () => {
    const seen = life(110, leak).map((one, minute) => ({ ...one, values: [...one.values.slice(0, 7), leak(minute) / 1_000] }));
    expect(detect(seen)).toMatchObject([{ evidence: [expect.anything(), expect.stringMatching(/^at this pace the limit is reached in 5 h \d+ min$/)] }]);
  });

  it.each([
    { rule: 'a process that warms up and then stays', seen: life(180, (m) => 100 + 200 * (1 - Math.exp(-m / 8))) },
    { rule: 'growth that flattens', seen: life(124, (m) => 100 + 200 * (1 - Math.exp(-m / 60))) },
    { rule: 'a saw-tooth', seen: life(180, (m) => 100 + (m % 13) * 12) },
    { rule: 'a saw-tooth of more than half an hour, looked at every five minutes', seen: life(180, (m) => 150 + (m % 37) * 2).filter((_, minute) => minute % 5 === 0) },
    { rule: 'one step', seen: life(180, (m) => (m < 120 ? 100 : 300)) },
    { rule: 'growth of less than a third', seen: life(110, (m) => 400 + m) },
    { rule: 'growth of a few megabytes', seen: life(110, (m) => 40 + 0.4 * m) },
    { rule: 'too short a time', seen: life(99, leak) },
    { rule: 'too few readings', seen: life(110, leak).filter((_, minute) => minute % 12 === 0) },
  ])('is not $rule', ({ seen }) => {
    expect(detect(seen)).toEqual([]);
  });

  it('is looked for within one life: what grew before the restart does not count', () => {
    expect(detect([...life(110, leak), ...life(20, (m) => leak(110 + m))])).toEqual([]);
  });

  it('finds a leak that began late in a long life', () => {
    expect(detect(life(600, (m) => (m < 490 ? 100 + (m % 7) : 100 + 3 * (m - 490))))).toHaveLength(1);
  });

  it('ends when it is flat, and when a restart gave the memory back', () => {
    const open = [GROWTH];
    expect(detect(life(120, (m) => 300 + (m % 5)), { open })).toEqual([{ state: 'absent', fingerprint: GROWTH }]);
    expect(detect([...life(110, leak), ...life(15, () => 100)], { open })).toEqual([{ state: 'absent', fingerprint: GROWTH }]);
    expect(detect(life(15, () => 100), { open })).toEqual([{ state: 'absent', fingerprint: GROWTH }]);
  });

  it('does not end during the warm-up, nor while the new life holds as much as the old one', () => {
    const open = [GROWTH];
    expect(detect([...life(110, leak), ...life(8, () => 100)], { open })).toEqual([]);
    expect(detect([...life(110, leak), ...life(15, () => 310)], { open })).toEqual([]);
  });

  it('can be seen in seconds where the configuration asks for it', () => {
    const options = { spanMs: 4_000, warmUpMs: 0, growBytes: 0 };
    const seen = Array.from({ length: 25 }, (_, n) => process({ memory: 60 + 5 * n, uptimeMs: n * 200 }));
    expect(detect(seen, { options, everyMs: 200 })).toMatchObject([{ title: expect.stringContaining('in 4.4 s') }]);
  });

  it('opens nothing on a check that is not trusted', () => {
    expect(detect(life(110, leak), { trusted: false })).toEqual([]);
  });
});
