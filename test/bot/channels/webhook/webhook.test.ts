import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ref } from '../../../../bot/channels/channel.js';
import { readKey, signedHeaders } from '../../../../bot/channels/webhook/signature.js';
import { webhook } from '../../../../bot/channels/webhook/index.js';
import type { About, Card } from '../../../../src/cards/card.js';
import { systemClock } from '../../../../src/io/clock.js';
import { SECRET } from '../../../doubles/webhook-receiver.js';
import { card, keepLog } from '../slack/stage.js';
import { openStage, type Stage } from './stage.js';

const ASKED = { id: 'q1', what: 'roll back to 9d1e003', mayDecide: ['Ann', 'Ben'], need: 1, yes: [], expiresAt: Date.UTC(2026, 10, 22, 13, 30) };
const ABOUT: About = { kind: 'incident', state: 'open', resource: 'shop', apps: ['shop'], asked: null };
const OPEN: Card = card('shop: checkout fails', { body: ['Since 12:03 UTC.'], fields: [{ name: 'Release', value: '4f2a91c' }], footer: 'incident k2m9qx', about: ABOUT });
const ASKING: Card = { ...OPEN, title: 'shop: may I roll back to 9d1e003?', about: { ...ABOUT, state: 'asking', asked: ASKED } };

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.stop());

async function deliver(one: Card, key: string, previous?: Ref): Promise<Ref> {
  return JSON.parse(JSON.stringify(await stage.channel.deliver(one, key, previous))) as Ref;
}

describe('what a receiver is sent', () => {
  it('is what the card is about, what it said before, what is asked and who may answer', async () => {
    const ref = await deliver(OPEN, 'e1');
    await deliver(ASKING, 'e2', ref);
    expect(stage.receiver.ids).toEqual(['e1', 'e2']);
    expect(stage.receiver.documents).toMatchObject([
      {
        version: 1,
        type: 'incident.open',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        data: { subject: 'incident-1', host: 'vm-1', resource: 'shop', apps: ['shop'], severity: 'critical', state: 'open', before: null, title: 'shop: checkout fails', question: null, fields: [{ name: 'Release', value: '4f2a91c' }], text: 'Critical: shop: checkout fails\n\nSince 12:03 UTC.\n\nRelease: 4f2a91c\n\nincident k2m9qx' },
      },
      {
        type: 'incident.asking',
        data: { before: { state: 'open', severity: 'critical' }, question: { id: 'q1', asks: 'roll back to 9d1e003', may_decide: ['Ann', 'Ben'], needs: 1, yes: [], expires_at: '2026-11-22T13:30:00.000Z' } },
      },
    ]);
  });

  it('is not sent again while it says the same', async () => {
    const ref = await deliver(OPEN, 'e1');
    expect(await deliver(OPEN, 'e2', ref)).toEqual(ref);
    expect(stage.receiver.place.requests).toHaveLength(1);
  });

  it('is sent again under the same id where the answer was lost, so that the receiver can tell', async () => {
    stage.receiver.place.breakOnce('lose');
    await expect(deliver(OPEN, 'e1')).rejects.toMatchObject({ errorClass: 'transient' });
    await deliver(OPEN, 'e1');
    expect(stage.receiver.place.requests.map(({ headers }) => headers['webhook-id'])).toEqual(['e1', 'e1']);
    expect(stage.receiver.documents).toHaveLength(1);
  });

  it('says that people are called, each time under an id of its own', async () => {
    const ref = await deliver(OPEN, 'e1');
    const call = { text: 'shop still needs you after 15 min', people: [{ name: 'Ann', platform: 'slack', userId: 'U0ANN' }, { name: 'Ann', platform: 'telegram', userId: '11' }] } as const;
    await stage.channel.call?.(call, ref, false, 'e2');
    await stage.channel.call?.(call, ref, false, 'e2');
    await stage.channel.call?.(call, ref, false, 'e3');
    expect(stage.receiver.ids).toEqual(['e1', 'e2-call', 'e3-call']);
    expect(stage.receiver.documents[1]).toMatchObject({ type: 'people.called', data: { subject: 'incident-1', state: 'open', severity: 'critical', called: ['Ann'], text: call.text } });
  });
});

describe('the signature', () => {
  it('is that of the specification’s scheme, so that its libraries verify it', () => {
    // Computed with openssl: printf 'msg_1.1674087231.{"test": 2432232314}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:… -binary | base64
    const headers = signedHeaders(readKey(`whsec_${Buffer.alloc(24, 7).toString('base64')}`), { id: 'msg_1', now: 1_674_087_231_999, body: '{"test": 2432232314}' });
    expect(headers).toEqual({ 'webhook-id': 'msg_1', 'webhook-timestamp': '1674087231', 'webhook-signature': 'v1,woE68p+nbTWLDCUoev/wJ8g/SM4a8GP5SmS39YtxPj8=' });
  });

  it('has an id without a full stop, which would move what is signed', () => {
    expect(signedHeaders(readKey(SECRET), { id: 'hold:a.b', now: 0, body: '' })['webhook-id']).toBe('hold_a_b');
  });

  it('is refused by a receiver whose clock is far from ours, and the mending step names the secret where it is not known', async () => {
    const late = await openStage(() => systemClock.now() - 3_600_000);
    await expect(late.channel.deliver(OPEN, 'e1', undefined)).rejects.toMatchObject({ errorClass: 'permanent' });
    await late.stop();
    stage.receiver.place.breakOnce({ status: 401, body: `you sent ${SECRET}` });
    await expect(deliver(OPEN, 'e1')).rejects.toMatchObject({ mend: expect.stringContaining('WEBHOOK_SECRET') as string, message: expect.not.stringContaining('whsec_') as string });
  });
});

it('waits until the date that a receiver names, and a second where that is past', async () => {
  for (const [aheadMs, least, most] of [[90_000, 60_000, 90_000], [-90_000, 1_000, 1_000]] as const) {
    stage.receiver.place.breakOnce({ status: 503, headers: { 'retry-after': new Date(systemClock.now() + aheadMs).toUTCString() } });
    const thrown = (await deliver(OPEN, 'e1').then(() => expect.unreachable(), (error: unknown) => error)) as { readonly retryAfterMs: number };
    expect(thrown.retryAfterMs).toBeGreaterThanOrEqual(least);
    expect(thrown.retryAfterMs).toBeLessThanOrEqual(most);
  }
});

describe('a receiver that lies', () => {
  it.each(['endless', 'cut'] as const)('with an answer that is %s is waited for in vain, or believed', async (fault) => {
    stage.receiver.place.breakOnce(fault);
    await deliver(OPEN, 'e1').catch((error: unknown) => expect(error).toMatchObject({ errorClass: 'transient' }));
    await deliver(OPEN, 'e1');
    expect(stage.receiver.documents.length).toBe(1);
  });

  it('and never answers is given up in time', async () => {
    stage.receiver.place.breakOnce('stall');
    await expect(deliver(OPEN, 'e1')).rejects.toMatchObject({ errorClass: 'transient', message: expect.stringContaining('no answer in time') as string });
  });

  it('with a redirect is not followed, wherever it leads', async () => {
    const elsewhere = await openStage();
    stage.receiver.place.breakOnce({ status: 307, headers: { location: elsewhere.receiver.url } });
    await expect(deliver(OPEN, 'e1')).rejects.toMatchObject({ errorClass: 'permanent' });
    expect(elsewhere.receiver.place.requests).toEqual([]);
    await elsewhere.stop();
  });
});

describe('what is written in .env', () => {
  it('is not used without an address', () => {
    expect(webhook.create({ level: 'info' }, { WEBHOOK_SECRET: SECRET }, keepLog().log)).toBeNull();
  });

  it.each([
    ['no secret', 'https://hooks.example/x', undefined, 'whsec_'],
    ['a secret without its prefix', 'https://hooks.example/x', SECRET.slice(6), 'whsec_'],
    ['a secret that is too short', 'https://hooks.example/x', `whsec_${Buffer.alloc(23).toString('base64')}`, 'whsec_'],
    ['a secret that is too long', 'https://hooks.example/x', `whsec_${Buffer.alloc(65).toString('base64')}`, 'whsec_'],
    ['a secret that is no base64', 'https://hooks.example/x', `whsec_${'ä?'.repeat(20)}`, 'whsec_'],
    ['an address that others may read on the way', 'http://hooks.example/very-secret', SECRET, 'https://'],
    ['an address with a password', 'https://user:very-secret@hooks.example/x', SECRET, 'https://'],
    ['no address at all', 'very-secret', SECRET, 'https://'],
  ])('is refused with what mends it, and not repeated: %s', (_what, url, secret, mend) => {
    let thrown: unknown;
    try {
      webhook.create({ level: 'info' }, { WEBHOOK_URL: url, ...(secret === undefined ? {} : { WEBHOOK_SECRET: secret }) }, keepLog().log);
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).toMatchObject({ errorClass: 'invalid', mend: expect.stringContaining(mend) as string });
    expect(inspect(thrown)).not.toMatch(/very-secret|thirty-two/);
    if (secret !== undefined) expect(inspect(thrown)).not.toContain(secret.slice(6));
  });
});
