import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anonymousAdmin, person, Refusal, TelegramDouble, type Chat } from './telegram.js';

const ANN = person(11, 'ann');
const GROUP: Chat = { id: -500, type: 'group', title: 'ops' };
const PRIVATE: Chat = { id: 11, type: 'private' };

interface Answer {
  readonly ok: boolean;
  // Answers of many methods, as JSON gives them.
  readonly result: { readonly message_id: number } & Readonly<Record<string, unknown>> & readonly { readonly update_id: number; readonly [part: string]: unknown }[];
  readonly error_code?: number;
  readonly description?: string;
  readonly parameters?: unknown;
}

describe('the double of Telegram', () => {
  let double: TelegramDouble;

  beforeEach(async () => {
    double = await TelegramDouble.start({ now: () => 1_780_000_000_000 });
    double.chat(GROUP);
    double.chat(PRIVATE);
  });
  afterEach(() => double.close());

  async function call(method: string, payload: unknown = {}, token: string = double.token): Promise<Answer> {
    const response = await fetch(`${double.wire.origin}/bot${token}/${method}`, { method: 'POST', body: JSON.stringify(payload) });
    return (await response.json()) as Answer;
  }
  const send = (more: object): Promise<Answer> => call('sendMessage', { chat_id: GROUP.id, text: 'x', ...more });
  const button = (data: string): object => ({ reply_markup: { inline_keyboard: [[{ text: 'b', callback_data: data }]] } });
  const ids = (answer: Answer): readonly number[] => answer.result.map((update) => update.update_id);

  describe('a webhook (2.1)', () => {
    const URL_OK = 'https://hooks.example/t';

    it.each([
      ['no https', { url: 'http://hooks.example/t' }, 'HTTPS URL must be provided'],
      ['another port', { url: 'https://hooks.example:9000/t' }, 'only on ports 80, 88, 443 or 8443'],
      ['a secret of other characters', { url: URL_OK, secret_token: 'a b' }, 'unallowed characters'],
      ['a secret of 257 characters', { url: URL_OK, secret_token: 'a'.repeat(257) }, 'unallowed characters'],
      ['101 connections', { url: URL_OK, max_connections: 101 }, 'between 1 and 100'],
    ])('is refused with %s', async (_, wish, why) => {
      expect(await call('setWebhook', wish)).toMatchObject({ ok: false, error_code: 400, description: expect.stringContaining(why) as unknown });
    });

    it('ends polling until it is deleted', async () => {
      expect(await call('setWebhook', { url: URL_OK })).toMatchObject({ ok: true });
      expect(await call('getUpdates')).toMatchObject({ ok: false, error_code: 409, description: expect.stringContaining('webhook is active') as unknown });
      expect(await call('getWebhookInfo')).toMatchObject({ result: { url: URL_OK } });
      await call('deleteWebhook');
      expect(await call('getUpdates')).toMatchObject({ ok: true });
    });

    it('is called with its secret, again until it answers with 2xx, and for what it was set with alone', async () => {
      const seen: { readonly secret: unknown; readonly id: number }[] = [];
      const server = createServer((request, response) => {
        let body = '';
        request.on('data', (part: Buffer) => (body += String(part)));
        request.on('end', () => {
          seen.push({ secret: request.headers['x-telegram-bot-api-secret-token'], id: (JSON.parse(body) as { update_id: number }).update_id });
          response.writeHead(seen.length === 1 ? 500 : 200).end();
        });
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      double.webhook.proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      await call('setWebhook', { url: URL_OK, secret_token: 's3cret', allowed_updates: ['message'] });
      double.push({ callback_query: { id: 'q' } });
      const id = double.say(ANN, PRIVATE, 'a') ?? 0;
      await expect.poll(() => seen.length).toBe(2);
      expect(seen).toEqual([{ secret: 's3cret', id }, { secret: 's3cret', id }]);
      expect(await call('getWebhookInfo')).toMatchObject({ result: { last_error_message: 'Wrong response from the webhook: 500' } });
      server.close();
    });
  });

  describe('polling', () => {
    it('gives updates again until a higher offset confirms them', async () => {
      const first = double.say(ANN, PRIVATE, 'a') ?? 0;
      double.say(ANN, PRIVATE, 'b');
      expect(ids(await call('getUpdates'))).toEqual([first, first + 1]);
      expect(ids(await call('getUpdates', { offset: first + 1 }))).toEqual([first + 1]);
      expect(ids(await call('getUpdates', { offset: 0 }))).toEqual([first + 1]);
      expect(ids(await call('getUpdates', { limit: 1 }))).toEqual([first + 1]);
    });

    it('lets a poll wait for the next update', async () => {
      const poll = call('getUpdates', { timeout: 50 });
      await expect.poll(() => double.updates.waits).toBe(true);
      const id = double.say(ANN, PRIVATE, 'a');
      expect(ids(await poll)).toEqual([id]);
    });

    it('ends the poll that waits when another one comes', async () => {
      const first = call('getUpdates', { timeout: 50 });
      await expect.poll(() => double.updates.waits).toBe(true);
      const second = call('getUpdates', { timeout: 50 });
      expect(await first).toMatchObject({ ok: false, error_code: 409, description: expect.stringContaining('terminated by other getUpdates request') });
      double.say(ANN, PRIVATE, 'a');
      expect((await second).ok).toBe(true);
    });

    it('makes a poll wait that repeats the last one at once', async () => {
      await call('getUpdates', { offset: 5 });
      const repeated = call('getUpdates', { offset: 5 });
      await expect.poll(() => double.updates.waits).toBe(true);
      double.updates.stop();
      expect(ids(await repeated)).toEqual([]);
    });

    it('ends every poll while another process holds the token', async () => {
      double.updates.occupied = true;
      expect(await call('getUpdates', { timeout: 50 })).toMatchObject({ error_code: 409 });
    });

    it('refuses polls while a webhook is set', async () => {
      double.updates.webhook = true;
      expect(await call('getUpdates')).toMatchObject({ error_code: 409, description: expect.stringContaining('webhook') });
      await call('deleteWebhook');
      expect((await call('getUpdates')).ok).toBe(true);
    });

    it('keeps to the kinds of updates that were asked for last', async () => {
      await call('getUpdates', { allowed_updates: ['callback_query'] });
      double.say(ANN, PRIVATE, 'a');
      double.advance(3_000);
      expect(ids(await call('getUpdates'))).toEqual([]);
      void double.press(ANN, GROUP, 1, 'x');
      expect(ids(await call('getUpdates'))).toHaveLength(1);
    });

    it('delivers an update twice when told to', async () => {
      const id = double.say(ANN, PRIVATE, 'a') ?? 0;
      double.redeliver(id);
      expect(ids(await call('getUpdates'))).toEqual([id, id]);
    });
  });

  describe('who says what', () => {
    it('shows the bot in groups only commands that name it or nobody', async () => {
      expect(double.say(ANN, GROUP, 'hello')).toBeNull();
      expect(double.say(ANN, GROUP, '/status@other_bot')).toBeNull();
      expect(double.say(ANN, GROUP, '/status')).not.toBeNull();
      expect(double.say(ANN, GROUP, '/status@ops_bot')).not.toBeNull();
    });

    it('names no person for anonymous administrators and channel posts', async () => {
      double.say(ANN, GROUP, '/status', anonymousAdmin(GROUP));
      double.channelPost(GROUP, '/status');
      const [anonymous, post] = (await call('getUpdates')).result;
      expect(anonymous?.['message']).toMatchObject({ from: { username: 'GroupAnonymousBot', is_bot: true }, sender_chat: { id: GROUP.id } });
      expect(post?.['channel_post']).not.toHaveProperty('from');
    });

    it('gives messages the date they were sent at', async () => {
      double.say(ANN, PRIVATE, 'a', { date: 1_700_000_000 });
      expect((await call('getUpdates')).result[0]?.['message']).toMatchObject({ date: 1_700_000_000 });
    });

    it('shows a press on a message that is no more as inaccessible', async () => {
      void double.press(ANN, GROUP, 4711, 'x');
      expect((await call('getUpdates')).result[0]?.['callback_query']).toMatchObject({ from: { id: ANN.id }, message: { message_id: 4711, date: 0 } });
    });
  });

  describe('sending', () => {
    it.each([
      ['an empty text', { text: '' }, 'message text is empty'],
      ['markup without text', { text: '<b> </b>', parse_mode: 'HTML' }, 'message text is empty'],
      ['4097 characters', { text: 'x'.repeat(4_097) }, 'message is too long'],
      ['33 letters of two bytes in a button', button('é'.repeat(33)), 'BUTTON_DATA_INVALID'],
      ['nothing in a button', button(''), 'BUTTON_DATA_INVALID'],
      ['an open tag', { text: '<b>x', parse_mode: 'HTML' }, `can't parse entities: Can't find end tag corresponding to start tag "b"`],
      ['a tag it does not know', { text: 'é<abc>', parse_mode: 'HTML' }, `can't parse entities: Unsupported start tag "abc" at byte offset 2`],
      ['crossed tags', { text: '<b><i>x</b></i>', parse_mode: 'HTML' }, `can't parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"`],
      ['an end without a beginning', { text: 'x</b>', parse_mode: 'HTML' }, `can't parse entities: Unexpected end tag at byte offset 1`],
      ['a chat it is not in', { chat_id: -1 }, 'chat not found'],
    ])('refuses %s', async (_what, more, description) => {
      expect(await send(more)).toMatchObject({ ok: false, error_code: 400, description: `Bad Request: ${description}` });
    });

    it('takes 4096 characters after parsing, and 64 bytes in a button', async () => {
      const answer = await send({ text: `<b>${'&lt;'.repeat(4_096)}</b>`, parse_mode: 'HTML', ...button('é'.repeat(32)) });
      expect(answer).toMatchObject({ ok: true });
      expect(double.messages(GROUP)[0]?.text).toBe('<'.repeat(4_096));
    });

    it('reads & < > and nothing else as markup', async () => {
      await send({ text: '&amp;&lt;&gt;&quot;&#65;&x41;&nbsp; > _*`', parse_mode: 'HTML' });
      expect(double.messages(GROUP)[0]?.text).toBe(`&<>"A&x41;&nbsp; > _*\``);
    });

    it('tells who has moved, kicked or blocked it', async () => {
      double.forbid(PRIVATE, 'bot was blocked by the user');
      double.migrate(GROUP, { id: -1_000_500, type: 'supergroup' }, false);
      expect(await send({ chat_id: PRIVATE.id })).toMatchObject({ error_code: 403, description: 'Forbidden: bot was blocked by the user' });
      expect(await send({})).toMatchObject({ error_code: 400, parameters: { migrate_to_chat_id: -1_000_500 } });
      expect((await send({ chat_id: -1_000_500 })).ok).toBe(true);
    });
  });

  describe('what comes alive', () => {
    const live = async (text: string): Promise<string> => {
      await send({ text, parse_mode: 'HTML' });
      const message = double.messages(GROUP).at(-1);
      return message === undefined ? '' : double.read(message);
    };

    it.each([
      ['mentions', 'a @ann_1 b', 'a [live mention] b'],
      ['commands', '(/rollback@ops_bot)', '([live bot_command])'],
      ['links whose address nobody sees', '<a href="https://e.example">bank</a>', '[live text_link]'],
    ])('draws %s as something else', async (_what, text, read) => expect(await live(text)).toBe(read));

    it.each(['a@ann.example', '@a', '/var/log', 'a/status', '&lt;/b&gt;', '<code>@ann /status</code>', '<pre>/status</pre>'])('leaves %s as it is', async (text) => {
      expect(await live(text)).not.toContain('[live');
    });

    it('drops formatting beyond a hundred entities', async () => {
      expect(await live(`${'<b>x</b>'.repeat(100)} <code>@ann</code>`)).toContain('[live mention]');
    });
  });

  describe('editing', () => {
    it('changes text and buttons, and removes a keyboard that is not sent', async () => {
      const { message_id } = (await send(button('a'))).result;
      await call('editMessageText', { chat_id: GROUP.id, message_id, text: 'y', ...button('b') });
      expect(double.buttons(double.messages(GROUP)[0])).toMatchObject([{ callback_data: 'b' }]);
      await call('editMessageText', { chat_id: GROUP.id, message_id, text: 'z' });
      expect(double.messages(GROUP)).toMatchObject([{ text: 'z' }]);
      expect(double.buttons(double.messages(GROUP)[0])).toEqual([]);
    });

    it('changes the buttons alone', async () => {
      const { message_id } = (await send(button('a'))).result;
      await call('editMessageReplyMarkup', { chat_id: GROUP.id, message_id, ...button('b') });
      expect(double.messages(GROUP)[0]).toMatchObject({ text: 'x', reply_markup: { inline_keyboard: [[{ callback_data: 'b' }]] } });
    });

    it('refuses an edit that changes nothing, and one of a message that is no more', async () => {
      const { message_id } = (await send(button('a'))).result;
      expect(await call('editMessageText', { chat_id: GROUP.id, message_id, text: 'x', ...button('a') })).toMatchObject({ error_code: 400, description: expect.stringContaining('message is not modified') });
      double.delete(GROUP, message_id);
      expect(await call('editMessageText', { chat_id: GROUP.id, message_id, text: 'y' })).toMatchObject({ description: 'Bad Request: message to edit not found' });
    });
  });

  describe('presses', () => {
    const queryId = async (): Promise<string> => ((await call('getUpdates')).result.at(-1)?.['callback_query'] as { readonly id: string }).id;

    it('are answered once', async () => {
      const seen = double.press(ANN, GROUP, 1, 'x');
      const id = await queryId();
      expect((await call('answerCallbackQuery', { callback_query_id: id, text: 'done', show_alert: true })).ok).toBe(true);
      expect(await seen).toEqual({ as: 'alert', text: 'done' });
      expect(await call('answerCallbackQuery', { callback_query_id: id })).toMatchObject({ error_code: 400, description: expect.stringContaining('query is too old') });
    });

    it('are answered within 15 s', async () => {
      const seen = double.press(ANN, GROUP, 1, 'x');
      const id = await queryId();
      double.advance(15_001);
      expect(await seen).toEqual({ as: 'spinner' });
      expect((await call('answerCallbackQuery', { callback_query_id: id })).ok).toBe(false);
    });

    it('are answered with at most 200 characters', async () => {
      void double.press(ANN, GROUP, 1, 'x');
      expect((await call('answerCallbackQuery', { callback_query_id: await queryId(), text: 'x'.repeat(201) })).ok).toBe(false);
    });
  });

  it('takes only commands that Telegram takes', async () => {
    const set = async (command: string, description: string): Promise<boolean> => (await call('setMyCommands', { commands: [{ command, description }] })).ok;
    expect(await set('status', 'x')).toBe(true);
    expect(await set('dry-run', 'x')).toBe(false);
    expect(await set('Status', 'x')).toBe(false);
    expect(await set('status', '')).toBe(false);
  });

  describe('failing', () => {
    it('knows its own token alone', async () => {
      expect(await call('getMe', {}, `1:${'a'.repeat(35)}`)).toMatchObject({ error_code: 401 });
      expect(await call('getMe', {}, 'garbage')).toMatchObject({ error_code: 404 });
    });

    it('asks to wait, once', async () => {
      double.breakOnce(['sendMessage'], new Refusal(429, 'Too Many Requests: retry after 7', { retry_after: 7 }));
      expect(await send({})).toMatchObject({ error_code: 429, parameters: { retry_after: 7 } });
      expect((await send({})).ok).toBe(true);
    });

    it('answers with a page, or breaks off before or after it stored the message', async () => {
      double.breakOnce(['sendMessage'], { page: 502 });
      const page = await fetch(`${double.wire.origin}/bot${double.token}/sendMessage`, { method: 'POST', body: '{}' });
      expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html']);
      double.breakOnce(['sendMessage'], 'destroy');
      await expect(send({})).rejects.toThrow();
      expect(double.messages(GROUP)).toHaveLength(0);
      double.breakOnce(['sendMessage'], 'lose');
      await expect(send({})).rejects.toThrow();
      expect(double.messages(GROUP)).toHaveLength(1);
    });

    it('is out of reach while it is down', async () => {
      double.wire.down = true;
      await expect(call('getMe')).rejects.toThrow();
      double.wire.down = false;
      expect((await call('getMe')).ok).toBe(true);
    });

    it('listens on loopback alone', () => expect(new URL(double.wire.origin).hostname).toBe('127.0.0.1'));
  });
});
