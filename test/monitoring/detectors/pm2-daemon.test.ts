import { expect, it } from 'vitest';
import { pm2Daemon } from '../../../monitoring/detectors/pm2-daemon.js';
import type { Verdict } from '../../../src/domain/check.js';
import { inputOf, NOW } from './build.js';

function claims(verdicts: readonly Verdict[], open: readonly string[] = []) {
  const samples = verdicts.map((verdict, n) => ({ checkId: 1, at: NOW - (verdicts.length - 1 - n) * 1_000, verdict, ms: null, values: [], note: null }));
  const check = { id: 1, name: 'pm2-daemon', probe: 'pm2-daemon', options: {}, critical: true, trusted: true };
  return pm2Daemon.detect(inputOf(pm2Daemon.options.parse({}), { series: [{ check, fields: [], samples, baseline: null }], open }));
}

it('a daemon that is proved dead is told after three readings, and over after two in which it answers', () => {
  expect(claims(['good', 'bad', 'bad'])).toEqual([]);
  expect(claims(['good', 'bad', 'bad', 'bad'])).toMatchObject([{ kind: 'pm2-dead', severity: 'critical', emergency: false, title: "PM2's daemon died: its apps are down, or run unwatched" }]);
  expect(claims(['bad', 'bad', 'bad', 'good', 'good'], ['pm2-dead:pm2-daemon'])).toEqual([{ state: 'absent', fingerprint: 'pm2-dead:pm2-daemon' }]);
});

it('one that could not be asked is nobody’s fault', () => {
  expect(claims(['error', 'error', 'error', 'error'])).toEqual([]);
});
