import { describe, expect, it } from 'vitest';
import { processDown } from '../../../monitoring/detectors/process-down.js';
import type { Claim } from '../../../src/domain/finding.js';
import { error, failed, httpSeries, inputOf, pm2Series, process, type Happening } from './build.js';

const up = process();
const down = process({ verdict: 'bad', online: 0, instances: 2, note: 'shop is errored' });

function detect(happenings: readonly Happening[], facts: { open?: boolean; trusted?: boolean } = {}): readonly Claim[] {
  const series = [pm2Series(happenings, { trusted: facts.trusted ?? true }), httpSeries([failed, failed, failed])];
  return processDown.detect(inputOf(processDown.options.parse({}), { series, open: facts.open ? ['process-down:pm2'] : [] }));
}

describe('process-down', () => {
  it('is a process that PM2 does not run, twice in a row', () => {
    expect(detect([up, down, down])).toEqual([{
      state: 'present',
      fingerprint: 'process-down:pm2',
      kind: 'process-down',
      severity: 'critical',
      emergency: false,
      title: 'shop is errored: 0 of 2 instances online',
      evidence: ['2 readings in a row, for 30 s'],
    }]);
  });

  it.each([
    { rule: 'one reading may have met a restart', seen: [up, down], open: false, says: [] },
    { rule: 'a daemon that does not answer says nothing of the process', seen: [error, error, error], open: false, says: [] },
    { rule: 'nor does it end what is open', seen: [down, error, error], open: true, says: ['present'] },
    { rule: 'online once is not yet back', seen: [down, up], open: true, says: [] },
    { rule: 'online twice is', seen: [down, up, up], open: true, says: ['absent'] },
    { rule: 'but not between two crashes', seen: [down, process({ uptimeMs: 2_000 }), process({ uptimeMs: 3_000 })], open: true, says: [] },
  ])('$rule', ({ seen, open, says }) => {
    expect(detect(seen, { open }).map(({ state }) => state)).toEqual(says);
  });

  it('is an emergency once PM2 has given up all of it, and none where somebody stopped it', () => {
    const givenUp = process({ verdict: 'bad', online: 0, instances: 2, errored: 2, note: 'shop is errored' });
    const half = process({ verdict: 'bad', online: 1, instances: 2, errored: 1, note: 'shop is errored' });
    expect(detect([givenUp, givenUp])).toMatchObject([{ emergency: true }]);
    expect(detect([half, half])).toMatchObject([{ emergency: false }]);
    expect(detect([down, down])).toMatchObject([{ emergency: false }]);
  });

  it('opens nothing on a check that is not trusted', () => {
    expect(detect([down, down], { trusted: false })).toEqual([]);
  });
});
