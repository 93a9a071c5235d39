import * as bolt from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SlackDouble } from '../slack.js';
import { actions, answerOf, button, clientOf, SILENT, text } from './asking.js';

const ADA = 'U0ADA0001';

let double: SlackDouble;
beforeEach(async () => {
  double = await SlackDouble.start();
  double.workspace.addUser(ADA, 'Ada');
});
afterEach(() => double.stop());

describe('tokens and scopes (1.7, 1.12)', () => {
  it.each([
    ['an app token for the Web API', () => clientOf(double, double.appToken).chat.postMessage({ channel: double.channel, text: 'x' }), 'not_allowed_token_type'],
    ['a bot token for a socket', () => clientOf(double).apps.connections.open({}), 'not_allowed_token_type'],
    ['a token nobody knows', () => clientOf(double, 'xoxb-9-9-unknown').auth.test(), 'invalid_auth'],
    ['no token', () => new bolt.webApi.WebClient(undefined, { slackApiUrl: double.apiUrl, logger: SILENT }).auth.test(), 'not_authed'],
    ['a method of tomorrow', () => clientOf(double).apiCall('chat.sing'), 'unknown_method'],
  ])('refuses %s', async (_, call, error) => {
    expect(await answerOf(call())).toBe(error);
  });

  it('names the scope that is missing', async () => {
    double.scopes.delete('users:read');
    await expect(clientOf(double).users.info({ user: ADA })).rejects.toMatchObject({ data: { error: 'missing_scope', needed: 'users:read' } });
  });

  it('takes forms alone, and keeps an extra team_id', async () => {
    const asJson = await fetch(`${double.apiUrl}auth.test`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${double.botToken}` }, body: '{}' });
    expect(await asJson.json()).toMatchObject({ error: 'invalid_form_data' });
    await clientOf(double).auth.test({ team_id: 'T1' } as never);
    expect(double.calls.at(-1)).toMatchObject({ method: 'auth.test', token: double.botToken, args: { team_id: 'T1' } });
  });
});

describe('messages (1.7)', () => {
  it('have text timestamps that only grow', async () => {
    const stamps = [];
    for (let index = 0; index < 12; index += 1) stamps.push((await clientOf(double).chat.postMessage({ channel: double.channel, text: 'x' })).ts ?? '');
    expect([...stamps].sort()).toEqual(stamps);
    expect(new Set(stamps).size).toBe(12);
  });

  it.each([
    ['a channel nobody knows', () => 'C0NOWHERE', 'channel_not_found'],
    ['a channel without the bot', () => double.workspace.addChannel('C0CLOSED1', { is_member: false }), 'not_in_channel'],
    ['an archived channel', () => double.workspace.addChannel('C0OLD0001', { is_archived: true }), 'is_archived'],
  ])('cannot be posted to %s', async (_, channel, error) => {
    expect(await answerOf(clientOf(double).chat.postMessage({ channel: channel(), text: 'x' }))).toBe(error);
  });

  it('need a text or blocks, and are cut at 40,000 characters', async () => {
    expect(await answerOf(clientOf(double).chat.postMessage({ channel: double.channel, text: '' }))).toBe('no_text');
    await clientOf(double).chat.postMessage({ channel: double.channel, text: 'x'.repeat(40_001) });
    expect(double.shown()[0]?.text).toHaveLength(40_000);
  });

  it.each([
    ['blocks replace blocks', { blocks: [{ type: 'section', text: text(2) }], text: 'new' }, { text: 'xx', buttons: [] }],
    ['text without blocks removes them, buttons too', { text: 'new' }, { text: 'new', buttons: [] }],
    ['neither keeps them', { metadata: { event_type: 'x', event_payload: {} } }, { text: 'x', buttons: ['xxx'] }],
  ])('are edited: %s', async (_, args, shown) => {
    const { ts } = await clientOf(double).chat.postMessage({ channel: double.channel, text: 'old', blocks: [{ type: 'section', text: text(1) }, actions(button())] as never });
    await clientOf(double).chat.update({ channel: double.channel, ts, ...args } as never);
    expect(double.shown()).toEqual([shown]);
  });

  it('keep attachments that an edit leaves out, and lose them to an empty list', async () => {
    const { ts = '' } = await clientOf(double).chat.postMessage({ channel: double.channel, text: 'x', attachments: [{ fallback: 'f', blocks: [{ type: 'section', text: { type: 'plain_text', text: 'beside' } }] }] });
    await clientOf(double).chat.update({ channel: double.channel, ts, text: 'y' });
    expect(double.shown()[0]?.text).toBe('y\nbeside');
    await clientOf(double).chat.update({ channel: double.channel, ts, text: 'y', attachments: [] });
    expect(double.shown()[0]?.text).toBe('y');
  });

  it('cannot be edited where there are none, where one person alone saw them, or beyond 4,000 characters', async () => {
    const { channel } = double;
    const { message_ts: whispered = '' } = await clientOf(double).chat.postEphemeral({ channel, user: ADA, text: 'psst' });
    const { ts = '' } = await clientOf(double).chat.postMessage({ channel, text: 'x' });
    const errors = [];
    for (const update of [{ ts: '1.1', text: 'x' }, { ts: whispered, text: 'x' }, { ts, text: 'x'.repeat(4_001) }]) errors.push(await answerOf(clientOf(double).chat.update({ channel, ...update })));
    expect(errors).toEqual(['message_not_found', 'message_not_found', 'msg_too_long']);
  });

  it('to one person are seen by that person alone, who must be there', async () => {
    expect(await answerOf(clientOf(double).chat.postEphemeral({ channel: double.channel, user: 'U0NOBODY1', text: 'x' }))).toBe('user_not_in_channel');
    await clientOf(double).chat.postEphemeral({ channel: double.channel, user: ADA, text: 'x' });
    expect(double.shown()).toEqual([]);
    expect(double.messages.sights.at(-1)).toMatchObject({ onlyFor: ADA });
  });

  it('are listed newest first, with metadata only on demand', async () => {
    for (const key of ['1', '2']) await clientOf(double).chat.postMessage({ channel: double.channel, text: key, metadata: { event_type: 'card', event_payload: { key } } });
    const { messages } = await clientOf(double).conversations.history({ channel: double.channel, limit: 1, include_all_metadata: true });
    expect(messages).toMatchObject([{ text: '2', metadata: { event_payload: { key: '2' } } }]);
    expect((await clientOf(double).conversations.history({ channel: double.channel })).messages?.[0]?.metadata).toBeUndefined();
  });
});

describe('what comes alive (1.14)', () => {
  it.each([
    ['a ping', { text: 'hey <!channel>' }, ['<!channel>']],
    ['an escaped ping', { text: 'hey &lt;!channel&gt;' }, []],
    ['a bare name', { text: '@here' }, []],
    ['a bare name with link_names', { text: '@here', link_names: true }, ['@here']],
    ['a bare name with parse full', { text: '@here', parse: 'full' as const }, ['@here']],
    ['a link in mrkdwn', { text: 'x', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '<https://evil.example|bank>' } }] }, ['<https://evil.example|bank>']],
    ['a link in plain text', { text: 'x', blocks: [{ type: 'section', text: { type: 'plain_text', text: '<https://evil.example|bank>' } }] }, []],
  ])('in a post: %s', async (_, args, alive) => {
    await clientOf(double).chat.postMessage({ channel: double.channel, ...args } as never);
    expect(double.messages.live).toEqual(alive);
  });

  it('in an edit a bare name rings unless `parse` says none', async () => {
    const { ts = '' } = await clientOf(double).chat.postMessage({ channel: double.channel, text: 'x' });
    await clientOf(double).chat.update({ channel: double.channel, ts, text: '@channel', parse: 'none' });
    expect(double.messages.live).toEqual([]);
    await clientOf(double).chat.update({ channel: double.channel, ts, text: '@channel' });
    expect(double.messages.live).toEqual(['@channel']);
  });

  it('is read by a person as something else than its source', async () => {
    await clientOf(double).chat.postMessage({ channel: double.channel, text: '<!channel> *bold* a &lt; b' });
    expect(double.shown()[0]?.text).toBe('⟦channel⟧ bold a < b');
  });
});

describe('faults (1.8, 3)', () => {
  const post = (): Promise<unknown> => clientOf(double).chat.postMessage({ channel: double.channel, text: 'x' });

  it.each([
    [{ kind: 'rateLimit', retryAfterS: 3 } as const, { code: 'slack_webapi_rate_limited_error', retryAfter: 3 }, 0],
    [{ kind: 'rateLimit' } as const, { message: expect.stringContaining('Retry header') as string }, 0],
    [{ kind: 'status', status: 503 } as const, { statusCode: 503 }, 0],
    [{ kind: 'error', error: 'fatal_error' } as const, { data: { error: 'fatal_error' } }, 0],
    [{ kind: 'destroy' } as const, { code: 'slack_webapi_request_error' }, 0],
    [{ kind: 'lost' } as const, { code: 'slack_webapi_request_error' }, 1],
  ])('%j happens once, to the method it is for', async (fault, thrown, stored) => {
    double.fault('chat.postMessage', fault);
    await clientOf(double).auth.test();
    await expect(post()).rejects.toMatchObject(thrown);
    expect(double.shown()).toHaveLength(stored);
    await post();
  });

  it('a delay is one', async () => {
    double.fault('chat.postMessage', { kind: 'delay', ms: 100 });
    const began = performance.now();
    await post();
    expect(performance.now() - began).toBeGreaterThanOrEqual(95);
  });
});
