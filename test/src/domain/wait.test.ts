import { describe, expect, it } from 'vitest';
import { LEFT_ALONE } from '../../../src/domain/incident.js';
import { WAIT_KINDS } from '../../../src/domain/span.js';
import { dependencyState, waitOf, type WaitFacts } from '../../../src/domain/wait.js';

const NOW = 100_000;
const idle: WaitFacts = {
  incident: { state: 'open', nextAt: 0, reason: null }, plan: null, question: null, run: null, readings: [], unseenRelease: false, dependencies: [], last: null,
};
const plan = (state: NonNullable<WaitFacts['plan']>['state']) => ({ repair: 'pm2.reload', state });
const reading = (check: string, verdict: 'good' | 'bad' | 'unknown' | 'error', note: string | null = null) => ({ check, newest: { at: NOW, verdict, note } });
const settled = { state: 'settling', settleUntil: NOW, repair: 'pm2.reload' } as const;

const CASES: readonly { readonly facts: Partial<WaitFacts>; readonly kind: (typeof WAIT_KINDS)[number]; readonly says: string }[] = [
  { kind: 'running', says: 'pm2.reload is at work', facts: { run: { ...settled, state: 'running', settleUntil: null }, plan: plan('running') } },
  { kind: 'undoing', says: 'pm2.reload is being taken back', facts: { run: { ...settled, state: 'undoing' }, plan: plan('running') } },
  { kind: 'settling', says: 'pm2.reload is done; what is measured counts once the app has settled', facts: { run: { ...settled, settleUntil: NOW + 1 } } },
  { kind: 'proof', says: 'fresh readings show whether pm2.reload helped', facts: { run: settled, readings: [reading('liveness', 'good'), reading('http:/', 'bad')] } },
  { kind: 'no_data', says: 'whether pm2.reload helped cannot be told: / could not be measured (no name server)', facts: { run: settled, readings: [reading('liveness', 'good'), reading('http:/', 'error', 'no name server')] } },
  { kind: 'no_data', says: 'whether pm2.reload helped cannot be told: liveness could not be measured', facts: { run: settled, readings: [{ check: 'liveness', newest: null }] } },
  { kind: 'preparing', says: 'pm2.reload is looked at: whether it can be done, and what it would do', facts: { plan: plan('drafted') } },
  { kind: 'deciding', says: 'pm2.reload waits for the end of another question about the app', facts: { plan: plan('prepared') } },
  { kind: 'question', says: 'people were asked for pm2.reload; nobody has answered', facts: { plan: plan('asked'), question: { need: 2, yes: 0 } } },
  { kind: 'question', says: 'people were asked for pm2.reload; 1 of 2 said yes', facts: { plan: plan('asked'), question: { need: 2, yes: 1 } } },
  { kind: 'confirming', says: 'the answer was yes; pm2.reload is looked at again', facts: { plan: plan('confirming') } },
  { kind: 'lane', says: 'pm2.reload may be done; it has not begun yet', facts: { plan: plan('approved') } },
  { kind: 'people', says: 'it has stopped, and people are needed: nobody answered in time', facts: { incident: { state: 'escalated', nextAt: 0, reason: 'nobody answered in time' } } },
  { kind: 'release', says: 'it looks first which release runs now', facts: { unseenRelease: true, dependencies: [{ name: 'redis', state: 'stale' }] } },
  { kind: 'dependency', says: 'it waits for a fresh reading of redis', facts: { dependencies: [{ name: 'db', state: 'fresh' }, { name: 'redis', state: 'stale' }] } },
  { kind: 'dependency', says: 'db is bad, so the app is left alone', facts: { dependencies: [{ name: 'redis', state: 'stale' }, { name: 'db', state: 'bad' }], incident: { ...idle.incident, nextAt: NOW + 1 } } },
  { kind: 'cooldown', says: 'it waits a moment before the next try: PM2 is at work', facts: { incident: { ...idle.incident, nextAt: NOW + 1 }, last: { repair: 'pm2.reload', state: 'refused', rule: null, why: 'PM2 is at work' } } },
  { kind: 'cooldown', says: 'it waits with pm2.reload: the pause after the last one is 10 min', facts: { incident: { ...idle.incident, nextAt: NOW + 1 }, last: { repair: 'pm2.reload', state: 'denied', rule: 'backoff', why: 'the pause after the last one is 10 min' } } },
  { kind: 'hold', says: 'it waits with pm2.reload: Ann holds it: moving house', facts: { incident: { ...idle.incident, nextAt: NOW + 1 }, dependencies: [{ name: 'redis', state: 'stale' }], last: { repair: 'pm2.reload', state: 'denied', rule: 'hold:freeze', why: 'Ann holds it: moving house' } } },
  { kind: 'people', says: LEFT_ALONE, facts: { incident: { ...idle.incident, nextAt: NOW + 1, reason: LEFT_ALONE } } },
  { kind: 'people', says: LEFT_ALONE, facts: { incident: { ...idle.incident, state: 'escalated', reason: LEFT_ALONE } } },
  { kind: 'cooldown', says: 'it is looked at again in a moment; nothing was tried yet', facts: { incident: { ...idle.incident, nextAt: NOW + 1 } } },
];

describe('what an open incident waits for', () => {
  it.each(CASES)('$kind: $says', ({ facts, kind, says }) => {
    expect(waitOf({ ...idle, ...facts }, NOW)).toEqual({ kind, text: says });
  });

  it('has a case for every kind there is', () => {
    expect(new Set(CASES.map(({ kind }) => kind))).toEqual(new Set(WAIT_KINDS));
  });

  it('is nothing where nothing stands in the way', () => {
    expect(waitOf({ ...idle, dependencies: [{ name: 'db', state: 'fresh' }] }, NOW)).toBeNull();
    expect(waitOf({ ...idle, incident: { ...idle.incident, nextAt: NOW } }, NOW)).toBeNull();
  });

  it('says the same for as long as the reason is the same, whatever the time', () => {
    for (const { facts } of CASES.filter(({ kind }) => kind !== 'settling' && kind !== 'cooldown' && kind !== 'hold')) {
      expect(waitOf({ ...idle, ...facts }, NOW + 60_000)).toEqual(waitOf({ ...idle, ...facts }, NOW));
    }
  });
});

describe('a dependency', () => {
  it.each([
    { newest: [], state: 'fresh' },
    { newest: [{ at: 10, verdict: 'good' }, { at: 12, verdict: 'unknown' }], state: 'fresh' },
    { newest: [{ at: 10, verdict: 'good' }, { at: 9, verdict: 'good' }], state: 'stale' },
    { newest: [null], state: 'stale' },
    { newest: [{ at: 12, verdict: 'good' }, { at: 3, verdict: 'bad' }], state: 'bad' },
  ] as const)('whose newest readings are $newest is $state for an incident from 10 on', ({ newest, state }) => {
    expect(dependencyState(newest, 10)).toBe(state);
  });
});
