import { describe, expect, it } from 'vitest';
import { hang } from '../../../monitoring/detectors/hang.js';
import type { Claim } from '../../../src/domain/finding.js';
import { answer, error, failed, httpSeries, inputOf, NOW, ok, pm2Series, process, refused, timedOut, type Happening } from './build.js';

const online = [process({ online: 2, instances: 2 })];

function detect(liveness: readonly Happening[], pm2: readonly Happening[], facts: { open?: boolean; pm2AgoMs?: number; name?: string; trusted?: boolean } = {}): readonly Claim[] {
  const series = [httpSeries(liveness, { name: facts.name ?? 'liveness', trusted: facts.trusted ?? true }), pm2Series(pm2, { agoMs: facts.pm2AgoMs ?? 1_000 })];
  return hang.detect(inputOf(hang.options.parse({}), { series, open: facts.open ? ['hang:liveness'] : [] }));
}

describe('hang', () => {
  it('says for how long it is open where counting began anew with its processes', () => {
    const series = [httpSeries([timedOut, timedOut], { name: 'liveness', everyMs: 1_000 }), pm2Series(online, { agoMs: 1_000 })];
    expect(hang.detect(inputOf(hang.options.parse({}), { series, open: ['hang:liveness'], openSince: NOW - 180_000 }))).toMatchObject([{ title: 'hangs: no answer to liveness checks, still so after 3 min, while PM2 says online' }]);
  });

  it('is no answer in time, three times in a row, while PM2 says online', () => {
    expect(detect([ok, timedOut, timedOut, timedOut], online)).toEqual([{
      state: 'present',
      fingerprint: 'hang:liveness',
      kind: 'hang',
      severity: 'critical',
      emergency: false,
      title: 'hangs: no answer to 3 liveness checks over 60 s, while PM2 says online',
      evidence: ['no answer within 2 s', 'PM2 says 2 of 2 online, 1 s ago'],
    }]);
  });

  it.each([
    { rule: 'two are not enough', liveness: [ok, timedOut, timedOut], pm2: online },
    { rule: 'a refused connection is no hang: nothing is there', liveness: [timedOut, refused, refused, refused], pm2: online },
    { rule: 'a wrong answer is an answer', liveness: [timedOut, timedOut, failed], pm2: online },
    { rule: 'not online is not hanging', liveness: [timedOut, timedOut, timedOut], pm2: [process({ verdict: 'bad', online: 0 })] },
    { rule: 'without a word of PM2 nothing is said', liveness: [timedOut, timedOut, timedOut], pm2: [] },
    { rule: 'a failed question to PM2 is no word', liveness: [timedOut, timedOut, timedOut], pm2: [error] },
  ])('$rule', ({ liveness, pm2 }) => {
    expect(detect(liveness, pm2)).toEqual([]);
  });

  it("does not count PM2's word when it is old", () => {
    expect(detect([timedOut, timedOut, timedOut], online, { pm2AgoMs: 121_000 })).toEqual([]);
  });

  it('looks at the check for liveness alone', () => {
    expect(detect([timedOut, timedOut, timedOut], online, { name: 'http:/report' })).toEqual([]);
  });

  it('ends when answers or refusals come twice in a row', () => {
    expect(detect([timedOut, ok], online, { open: true })).toEqual([]);
    expect(detect([timedOut, ok, ok], online, { open: true })).toEqual([{ state: 'absent', fingerprint: 'hang:liveness' }]);
    expect(detect([timedOut, refused, refused], online, { open: true })).toEqual([{ state: 'absent', fingerprint: 'hang:liveness' }]);
    expect(detect([ok, timedOut], online, { open: true })).toMatchObject([{ title: expect.stringContaining('the latest liveness check') }]);
  });

  it('counts a reading of several requests when half of them stayed without an answer', () => {
    const half: Happening = { verdict: 'bad', values: [20, 20, 1, 2, 200, 1], note: 'no answer within 2 s' };
    const third: Happening = { verdict: 'bad', values: [20, 20, 1, 3, 500, 1], note: 'status 500' };
    expect(detect([half, half, half], online)).toHaveLength(1);
    expect(detect([third, third, third], online)).toEqual([]);
  });

  describe('beside other addresses of the app', () => {
    const slow: Happening = { ...answer(3_000), verdict: 'good' };
    const wrong: Happening = { verdict: 'bad', values: [null, null, 0, 2, 502, 0], note: 'status 502' };
    const partly: Happening = { verdict: 'bad', values: [null, null, 0, 2, 500, 1], note: 'no answer within 15 s' };
    /** Three silences of two seconds each, the first of them 6 s ago; `happening` was measured `agoMs` ago. */
    const beside = (happening: readonly Happening[], agoMs: number, facts: { readonly open?: boolean; readonly now?: number } = {}) => {
      const liveness = httpSeries([timedOut, timedOut, timedOut], { name: 'liveness', everyMs: 3_000 });
      const series = [{ ...liveness, samples: liveness.samples.map((sample) => ({ ...sample, ms: 2_000 })) }, httpSeries(happening, { name: 'http:/checkout', agoMs }), pm2Series(online)];
      return hang.detect(inputOf(hang.options.parse({}), { series, open: facts.open ? ['hang:liveness'] : [], now: facts.now ?? NOW }));
    };

    it.each([
      { rule: 'a good answer, though late', happening: slow },
      { rule: 'a wrong answer', happening: wrong },
      { rule: 'one answer of two', happening: partly },
    ])('is not said where one of them answered: $rule', ({ happening }) => {
      expect(beside([happening], 4_000)).toEqual([]);
      expect(beside([happening], 4_000, { open: true })).toEqual([{ state: 'absent', fingerprint: 'hang:liveness' }]);
    });

    it.each([
      { rule: 'silent too', happening: timedOut },
      { rule: 'refusing', happening: refused },
      { rule: 'not measured, by our fault', happening: error },
    ])('is said at once where they are $rule', ({ happening }) => {
      expect(beside([happening], 4_000)).toMatchObject([{ state: 'present' }]);
    });

    it('waits for them where none was measured since the silence began, and not for long', () => {
      expect(beside([slow], 7_000)).toEqual([]);
      expect(beside([slow], 7_000, { now: NOW + 7_999 })).toEqual([]);
      expect(beside([slow], 7_000, { now: NOW + 8_000 })).toMatchObject([{ state: 'present' }]);
    });

    it('does not count an answer of long ago, however long the silence lasts', () => {
      expect(beside([slow], 4_000, { open: true, now: NOW + 56_000 })).toMatchObject([{ state: 'absent' }]);
      expect(beside([slow], 4_000, { open: true, now: NOW + 56_001 })).toMatchObject([{ state: 'present' }]);
    });
  });
});
