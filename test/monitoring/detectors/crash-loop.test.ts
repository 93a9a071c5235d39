import { describe, expect, it } from 'vitest';
import { crashLoop } from '../../../monitoring/detectors/crash-loop.js';
import type { Act } from '../../../src/domain/act.js';
import type { Claim } from '../../../src/domain/finding.js';
import { HOUR, inputOf, MINUTE, pm2Series, process, restart, type Happening } from './build.js';

function detect(acts: readonly Act[], facts: { open?: boolean; pm2?: readonly Happening[]; options?: object } = {}): readonly Claim[] {
  const series = facts.pm2 ? [pm2Series(facts.pm2)] : [];
  return crashLoop.detect(inputOf(crashLoop.options.parse(facts.options ?? {}), { series, acts, open: facts.open ? ['crash-loop'] : [] }));
}

/** Restarts by PM2, so many minutes before now. */
function minutesAgo(...minutes: readonly number[]): readonly Act[] {
  return minutes.map((minute) => restart(minute * MINUTE));
}

describe('crash-loop', () => {
  it.each([
    { rule: 'two restarts are no loop', acts: minutesAgo(5, 0.1), says: [] },
    { rule: 'three within ten minutes are', acts: minutesAgo(9, 5, 0.1), says: ['present'] },
    { rule: 'three within eleven are not', acts: minutesAgo(10.5, 5, 0.1), says: [] },
    { rule: 'six within the hour are, however slow', acts: minutesAgo(55, 44, 33, 22, 11, 0.1), says: ['present'] },
    { rule: 'five are not', acts: minutesAgo(55, 44, 33, 22, 11), says: [] },
    { rule: 'what people and we restarted does not count', acts: [restart(3_000, { by: 'us' }), restart(2_000, { by: 'person' }), ...minutesAgo(0.02, 0.01)], says: [] },
    { rule: 'an exit is not yet a restart', acts: [1, 2, 3, 4].map((n) => restart(n, { kind: 'exit' })), says: [] },
    { rule: 'a loop that ended is history', acts: minutesAgo(4, 3.9, 3.8), says: [] },
  ])('$rule', ({ acts, says }) => {
    expect(detect(acts).map(({ state }) => state)).toEqual(says);
  });

  it("sees the loop that PM2's own brake does not: a crash every two seconds", () => {
    const acts = Array.from({ length: 30 }, (_, n) => restart(1_000 + (29 - n) * 2_000));
    expect(detect(acts)).toEqual([{
      state: 'present',
      fingerprint: 'crash-loop',
      kind: 'crash-loop',
      severity: 'critical',
      emergency: true,
      title: 'crash loop: PM2 restarted it 30 times in 59 s',
      evidence: ['last restart 1 s ago, usually 2 s apart', 'exited with code 1'],
    }]);
  });

  it.each([
    { rule: 'one that dies at its start has been started anew in vain', every: 2_000, instances: 1, emergency: true },
    { rule: 'one that lives a while may be helped by a clean restart', every: 30_000, instances: 1, emergency: false },
    { rule: 'eight that live a while fall as often as one that does not', every: 4_000, instances: 8, emergency: false },
  ])('$rule', ({ every, instances, emergency }) => {
    const acts = Array.from({ length: 12 }, (_, n) => restart(1_000 + (11 - n) * every));
    expect(detect(acts, { pm2: [process({ online: instances, instances })] })).toMatchObject([{ emergency }]);
  });

  it('forgives nothing because we restarted it in between', () => {
    expect(detect([...minutesAgo(5, 3), restart(2 * MINUTE, { by: 'us' }), ...minutesAgo(0.5)])).toMatchObject([{ state: 'present' }]);
  });

  it('does not count the crashes of the release before a rollback', () => {
    expect(detect([...minutesAgo(5, 4, 3), restart(2 * MINUTE, { by: 'us', kind: 'rollback' }), ...minutesAgo(0.5)])).toEqual([]);
  });

  it('is no loop when each of eight workers dies once, and is one when they die again', () => {
    const eight = { pm2: [process({ online: 8, instances: 8 })] };
    const once = Array.from({ length: 8 }, (_, n) => restart(8_000 - n));
    expect(detect(once, eight)).toEqual([]);
    expect(detect([...once, restart(100)], eight)).toMatchObject([{ state: 'present' }]);
  });

  it('goes on while it is open and restarts come, even fewer', () => {
    expect(detect(minutesAgo(0.5), { open: true })).toMatchObject([{ title: 'crash loop: PM2 restarted it once more' }]);
  });

  it.each([
    { rule: 'a quick loop is over after a minute of quiet', acts: [restart(64_000), restart(62_000), restart(60_000)], says: ['absent'] },
    { rule: 'and not before', acts: [restart(63_000), restart(61_000), restart(59_000)], says: ['present'] },
    { rule: 'a slow one after twice the usual distance of its restarts', acts: minutesAgo(40, 30, 20), says: ['absent'] },
    { rule: 'and not before', acts: minutesAgo(39, 29, 19), says: ['present'] },
    { rule: 'with no restart left to be seen it is over', acts: [], says: ['absent'] },
  ])('$rule', ({ acts, says }) => {
    expect(detect(acts, { open: true, pm2: [process()] }).map(({ state }) => state)).toEqual(says);
  });

  it('is not over while the youngest instance is younger than the quiet asked for', () => {
    expect(detect([], { open: true, pm2: [process({ uptimeMs: 30_000 })] })).toEqual([]);
    expect(detect([], { open: true, pm2: [process({ uptimeMs: 61_000 })] })).toMatchObject([{ state: 'absent' }]);
  });

  it('is not over where nobody has looked since, nor while PM2 has given it up', () => {
    expect(detect([], { open: true })).toEqual([]);
    expect(detect([], { open: true, pm2: [process({ verdict: 'bad', online: 0, note: 'shop is errored' })] })).toEqual([]);
  });

  it('takes other windows, as short as a test needs', () => {
    const options = { windows: [{ restarts: 2, withinMs: 500 }], quietMs: 100 };
    expect(detect([restart(300), restart(50)], { options })).toMatchObject([{ title: 'crash loop: PM2 restarted it 2 times in 300 ms' }]);
    expect(detect([restart(600), restart(50)], { options })).toEqual([]);
    expect(detect([restart(4 * HOUR)], { open: true, options, pm2: [process()] })).toMatchObject([{ state: 'absent' }]);
  });
});
