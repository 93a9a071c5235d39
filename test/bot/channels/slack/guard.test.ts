import { describe, expect, it } from 'vitest';
import type { Knock, Verdict } from '../../../../bot/channels/door.js';
import { createGuard } from '../../../../bot/channels/slack/guard.js';
import { systemClock } from '../../../../src/io/clock.js';
import { signature } from '../../../doubles/slack/signed.js';

const SECRET = '0123456789abcdef0123456789abcdef';
const PATH = '/slack/events';
const NOW_S = 1_800_000_000;

let nowS = NOW_S;
const newGuard = (): ((knock: Knock) => Verdict) => createGuard({ path: PATH, signingSecret: SECRET, clock: { ...systemClock, now: () => nowS * 1_000 } });

function knock(body = 'command=%2Fhypercare&text=status', timestampS = nowS, differs: Partial<Knock> = {}): Knock {
  return { path: PATH, headers: { 'x-slack-request-timestamp': String(timestampS), 'x-slack-signature': signature({ secret: SECRET, timestampS, body }) }, body: Buffer.from(body), ...differs };
}

describe('a request that says it is Slack’s', () => {
  it.each<readonly [string, Knock, string | null]>([
    ['signed now', knock(), null],
    ['signed 300 s ago', knock('a=1', NOW_S - 300), null],
    ['signed 301 s ago', knock('a=1', NOW_S - 301), 'older than five minutes'],
    ['signed 60 s ahead of our clock', knock('a=1', NOW_S + 60), null],
    ['signed 61 s ahead, which Slack’s own library lets in', knock('a=1', NOW_S + 61), 'from the future'],
    ['signed a day ahead', knock('a=1', NOW_S + 86_400), 'from the future'],
    ['another body than was signed', knock('a=1', NOW_S, { body: Buffer.from('a=2') }), 'forged'],
    ['no signature', knock('a=1', NOW_S, { headers: { 'x-slack-request-timestamp': String(NOW_S) } }), 'not signed'],
    ['no time', knock('a=1', NOW_S, { headers: { 'x-slack-signature': 'v0=00' } }), 'not signed'],
    ['a time that is no number', knock('a=1', NOW_S, { headers: { ...knock('a=1').headers, 'x-slack-request-timestamp': '1e9' } }), 'not signed'],
    ['two signatures', knock('a=1', NOW_S, { headers: { ...knock('a=1').headers, 'x-slack-signature': ['v0=1', 'v0=2'] as unknown as string } }), 'not signed'],
    ['a signature of another version', knock('a=1', NOW_S, { headers: { ...knock('a=1').headers, 'x-slack-signature': signature({ secret: SECRET, timestampS: NOW_S, body: 'a=1' }).replace('v0', 'v1') } }), 'forged'],
    ['a signature in capitals', knock('a=1', NOW_S, { headers: { ...knock('a=1').headers, 'x-slack-signature': signature({ secret: SECRET, timestampS: NOW_S, body: 'a=1' }).toUpperCase() } }), 'forged'],
    ['another path', knock('a=1', NOW_S, { path: '/' }), 'another path'],
  ])('with %s', (_, given, refused) => {
    nowS = NOW_S;
    const verdict = newGuard()(given);
    if (refused === null) expect(verdict).toBe('in');
    else expect(verdict).toMatchObject({ refused: expect.stringContaining(refused) as unknown });
  });

  it('is let in once: the very same again is a replay, and Slack’s own second try is signed anew', () => {
    nowS = NOW_S;
    const judge = newGuard();
    expect(judge(knock())).toBe('in');
    expect(judge(knock())).toEqual({ refused: 'replayed', status: 401 });
    expect(judge(knock(undefined, NOW_S + 1))).toBe('in');
  });

  it('is remembered as long as it could be let in again', () => {
    nowS = NOW_S;
    const judge = newGuard();
    const ahead = knock('a=1', NOW_S + 60);
    expect(judge(ahead)).toBe('in');
    for (const later of [300, 360]) {
      nowS = NOW_S + later;
      judge(knock(`other=${later}`));
      expect(judge(ahead)).toMatchObject({ refused: 'replayed' });
    }
    nowS = NOW_S + 361;
    expect(judge(ahead)).toMatchObject({ refused: expect.stringContaining('older') as unknown });
  });

  it('that only tries the certificate is answered, and goes no further', () => {
    expect(newGuard()(knock('', nowS, { headers: {}, body: Buffer.from('ssl_check=1&token=x&command=%2Fhypercare') }))).toEqual({ done: 200 });
  });
});
