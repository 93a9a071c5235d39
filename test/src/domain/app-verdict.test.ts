import { describe, expect, it } from 'vitest';
import { appVerdict, type AppNow, type CheckNow } from '../../../src/domain/app-verdict.js';
import type { Verdict } from '../../../src/domain/check.js';

const NOW = 10_000_000;
const check = (name: string, verdict: Verdict | null, change: { ageMs?: number; dueEveryMs?: number | null; trusted?: boolean; values?: readonly number[] } = {}): CheckNow => ({
  check: { name, probe: name, trusted: change.trusted ?? true },
  dueEveryMs: change.dueEveryMs === undefined ? 30_000 : change.dueEveryMs,
  newest: verdict === null ? null : { at: NOW - (change.ageMs ?? 5_000), verdict, values: change.values ?? [], note: verdict === 'good' ? null : `a note on ${verdict}` },
});
const incident = (severity: 'info' | 'warning' | 'critical', title = `a ${severity} title`) => ({ severity, title });
const app = (checks: readonly CheckNow[], incidents: AppNow['incidents'] = []): AppNow => ({ checks, incidents });

describe('how an app is', () => {
  it.each<[string, AppNow, Verdict, string]>([
    ['all checks are good', app([check('liveness', 'good'), check('http:/checkout', 'good')]), 'good', '2 checks good'],
    ['a critical incident is open', app([check('liveness', 'good')], [incident('critical')]), 'bad', 'a critical title'],
    ['a warning is open', app([check('liveness', 'good')], [incident('warning')]), 'bad', 'a warning title'],
    ['the worst of several gives the reason', app([check('liveness', 'good')], [incident('warning'), incident('critical')]), 'bad', 'a critical title'],
    ['an incident goes before what is not measured', app([], [incident('critical')]), 'bad', 'a critical title'],
    ['only an info is open', app([check('liveness', 'good')], [incident('info')]), 'good', '1 check good'],
    ['nothing is measured at all', app([]), 'unknown', 'nothing of it is being measured'],
    ['a check has no sample yet', app([check('liveness', 'good'), check('http:/checkout', null)]), 'unknown', '/checkout has not been measured yet'],
    ['samples are three cadences old', app([check('liveness', 'good', { ageMs: 90_000 })]), 'good', '1 check good'],
    ['samples are older than three cadences', app([check('liveness', 'good', { ageMs: 90_001 })]), 'unknown', 'liveness was last measured 90 s ago, and should be every 30 s'],
    ['an old bad sample says nothing of now', app([check('liveness', 'bad', { ageMs: 900_000 })]), 'unknown', 'liveness was last measured 15 min ago, and should be every 30 s'],
    ['a cadence shorter than measuring takes', app([check('liveness', 'good', { ageMs: 9_000, dueEveryMs: 500 })]), 'good', '1 check good'],
    ['nothing is launched, and tick checks rest', app([check('liveness', 'good'), check('http:/checkout', 'good', { dueEveryMs: null, ageMs: 90_000_000 })]), 'good', '1 check good'],
    ['only tick checks, and nothing is launched', app([check('http:/checkout', 'good', { dueEveryMs: null })]), 'unknown', 'nothing of it is being measured'],
    ['liveness could not be measured', app([check('liveness', 'error'), check('http:/checkout', 'good')]), 'error', 'liveness could not be measured: a note on error'],
    ['another check could not be measured', app([check('liveness', 'good'), check('pm2', 'error')]), 'good', '1 of 2 checks good; nothing is known of pm2'],
    ['there is no liveness, and nothing could be measured', app([check('pm2', 'error')]), 'error', 'pm2 could not be measured: a note on error'],
    ['the newest reading is bad and nobody has confirmed it', app([check('liveness', 'good'), check('http:/checkout', 'bad')]), 'unknown', '/checkout: a note on bad, in its newest reading; not confirmed yet'],
    ['a check that lost its trust is bad', app([check('liveness', 'good'), check('http:/checkout', 'bad', { trusted: false })]), 'good', '1 of 2 checks good; nothing is known of /checkout'],
    ['too little is known of liveness', app([check('liveness', 'unknown')]), 'unknown', 'liveness: a note on unknown, in its newest reading; not confirmed yet'],
    ['nothing is known by its only check, which is no sign of life', app([check('ping', 'unknown')]), 'unknown', 'ping: a note on unknown'],
    ['too little is known of another check', app([check('liveness', 'good'), check('release', 'unknown')]), 'good', '1 of 2 checks good; nothing is known of release'],
    ['one release is being replaced by another', app([check('liveness', 'good'), check('release', 'unknown', { values: [2, 0, 1] })]), 'good', '1 of 2 checks good; nothing is known of release'],
    ['it runs two releases, and stays so', app([check('liveness', 'good'), check('release', 'unknown', { values: [2, 0, 2] })]), 'unknown', 'a note on unknown'],
  ])('%s', (_rule, now, verdict, why) => {
    expect(appVerdict(now, NOW)).toEqual({ verdict, why });
  });
});
