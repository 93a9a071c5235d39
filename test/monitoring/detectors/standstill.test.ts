import { describe, expect, it } from 'vitest';
import { processDown } from '../../../monitoring/detectors/process-down.js';
import { standstill } from '../../../monitoring/detectors/standstill.js';
import type { Claim } from '../../../src/domain/finding.js';
import { error, inputOf, pm2Series, process, type Happening } from './build.js';

const up = process({ online: 2, instances: 2 });
const still = process({ verdict: 'bad', online: 2, instances: 2, standing: 1, note: '1 of 2 processes of shop stands still (pid 26319 is stopped by a signal)' });
const older: Happening = { ...up, values: up.values.slice(0, 11) };

function detect(happenings: readonly Happening[], facts: { open?: boolean; trusted?: boolean } = {}): readonly Claim[] {
  return standstill.detect(inputOf(standstill.options.parse({}), { series: [pm2Series(happenings, { trusted: facts.trusted ?? true })], open: facts.open ? ['standstill:pm2'] : [] }));
}

describe('standstill', () => {
  it('is a process that PM2 calls online and that is stopped by a signal, twice in a row', () => {
    expect(detect([up, still, still])).toEqual([{
      state: 'present',
      fingerprint: 'standstill:pm2',
      kind: 'standstill',
      severity: 'warning',
      emergency: false,
      title: '1 of 2 processes of shop stands still (pid 26319 is stopped by a signal)',
      evidence: ['2 readings in a row, for 30 s', 'PM2 calls it online; it answers nothing'],
    }]);
  });

  it('is critical where none of them goes on', () => {
    const all = process({ verdict: 'bad', online: 2, instances: 2, standing: 2, note: '2 of 2 processes of shop stand still' });
    expect(detect([all, all])).toMatchObject([{ severity: 'critical' }]);
  });

  it.each([
    { rule: 'one reading may have met a debugger', seen: [up, still], open: false, says: [] },
    { rule: 'one that goes on in between is no standstill', seen: [still, up, still], open: false, says: [] },
    { rule: 'a daemon that does not answer says nothing of the process', seen: [still, error, error], open: false, says: [] },
    { rule: 'nor does it end what is open', seen: [still, error, error], open: true, says: ['present'] },
    { rule: 'going on once ends nothing yet', seen: [still, up], open: true, says: [] },
    { rule: 'going on twice does', seen: [still, up, up], open: true, says: ['absent'] },
    { rule: 'what an older version measured says nothing', seen: [older, older], open: true, says: [] },
  ])('$rule', ({ seen, open, says }) => {
    expect(detect(seen, { open }).map(({ state }) => state)).toEqual(says);
  });

  it('is no process that is down, for which another repair is right', () => {
    expect(processDown.detect(inputOf(processDown.options.parse({}), { series: [pm2Series([still, still, still])] }))).toEqual([]);
  });

  it('opens nothing on a check that is not trusted', () => {
    expect(detect([still, still], { trusted: false })).toEqual([]);
  });
});
