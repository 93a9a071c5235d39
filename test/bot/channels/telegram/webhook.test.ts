import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../../scripts/free-port.js';
import { HypercareError } from '../../../../src/domain/errors.js';
import { Refusal } from '../../../doubles/telegram.js';
import { ANN, CARD, GROUP, said, startStage, until, type Stage, type StageOptions } from './stage.js';

const ADDRESS = 'https://hooks.example/telegram';

/** Real telegraf behind the door; the double calls it through a web server that takes the TLS off, as at a user's. */
describe('listening by webhook', () => {
  let stage: Stage;
  const begin = async (options: StageOptions = {}): Promise<Stage> => {
    const port = await freePort();
    stage = await startStage({ ...options, channel: { webhook: { url: ADDRESS, port }, ...options.channel } });
    stage.double.webhook.proxy = `http://127.0.0.1:${port}`;
    return stage;
  };
  const calls = (method: string) => stage.double.calls.filter((call) => call.method === method);
  const words = (): readonly unknown[] => stage.heard.map((one) => one.said);
  afterEach(() => stage.end());

  it('hears without polling, and says that it does once Telegram took its address', async () => {
    await begin();
    await stage.start();
    expect(stage.hearing).toEqual([null]);
    stage.double.say(ANN, GROUP, '/status shop');
    await until(() => stage.double.messages(GROUP).length === 1);
    expect(words()).toEqual([{ words: 'status shop' }]);
    expect(calls('getUpdates')).toEqual([]);
    await until(() => stage.double.webhook.called.length === 1);
    expect(stage.double.webhook.called).toMatchObject([{ status: 200, body: '' }]);
  });

  it('asks for messages and presses alone, with a secret and a path that nobody can guess, new at each start', async () => {
    await begin();
    await stage.start();
    await stage.restart();
    const [first, second] = calls('setWebhook').map(({ payload }) => payload as { url: string; secret_token: string; allowed_updates: string[] });
    expect(first?.allowed_updates).toEqual(['message', 'callback_query']);
    for (const { url, secret_token: secret } of [first, second] as { url: string; secret_token: string }[]) {
      expect(url).toMatch(/^https:\/\/hooks\.example\/telegram\/[\w-]{32}$/);
      expect(secret).toMatch(/^[\w-]{43}$/);
      expect(stage.logs()).not.toContain(secret);
    }
    expect(first?.url).not.toBe(second?.url);
    expect(first?.secret_token).not.toBe(second?.secret_token);
  });

  it('answers a press', async () => {
    await begin();
    await stage.start();
    stage.answer = async () => said('Not now: nothing is done');
    await stage.channel.deliver(CARD, 'k1', undefined);
    const seen = await stage.double.press(ANN, GROUP, stage.only().message_id, 'hc:q-1-no');
    expect(seen).toEqual({ as: 'toast', text: 'Not now: nothing is done' });
    expect(words()).toEqual([{ pressed: 'q-1-no' }]);
  });

  it.each([
    ['without the secret', { secret: null }, 403],
    ['with another secret', { secret: 'a'.repeat(43) }, 403],
    ['at another path', { path: '/telegram/guess' }, 404],
    ['at the address alone', { path: '/telegram' }, 404],
  ])('refuses a call %s, hears nothing, and counts it', async (_, differs, status) => {
    await begin();
    await stage.start();
    expect((await stage.double.webhook.call({ update_id: 1, message: {} }, differs)).status).toBe(status);
    expect(stage.heard).toEqual([]);
    expect(stage.logs()).toContain('telegram: refused a request');
  });

  it('refuses what is longer than any update, and what is none', async () => {
    await begin();
    await stage.start();
    expect([413, null]).toContain((await stage.double.webhook.call(JSON.stringify({ update_id: 1, x: 'x'.repeat(300_000) }))).status);
    expect((await stage.double.webhook.call('{"update_id":')).status).toBe(400);
    expect((await stage.double.webhook.call('[]')).status).toBe(400);
    expect(stage.heard).toEqual([]);
  });

  it('hears an update that is delivered twice once', async () => {
    await begin();
    await stage.start();
    const id = stage.double.say(ANN, GROUP, '/status') ?? 0;
    await until(() => stage.double.webhook.called.length === 1);
    stage.double.redeliver(id);
    await until(() => stage.double.webhook.called.length === 2);
    expect(stage.double.webhook.called.map(({ status }) => status)).toEqual([200, 200]);
    expect(words()).toHaveLength(1);
  });

  it('hears what was said while it was away', async () => {
    await begin();
    await stage.start();
    const { proxy } = stage.double.webhook;
    stage.double.say(ANN, GROUP, '/status');
    await until(() => stage.heard.length === 1);
    stage.double.webhook.proxy = null;
    stage.double.say(ANN, GROUP, '/why shop');
    await until(() => stage.double.webhook.called.some(({ status }) => status === null));
    stage.double.webhook.proxy = proxy;
    await until(() => words().length === 2);
    expect(words()).toEqual([{ words: 'status' }, { words: 'why shop' }]);
  });

  it('lets the next ones in while one takes long', async () => {
    await begin({ timing: { holdMs: 30 } });
    let release = (): void => {};
    stage.answer = async (utterance) => {
      if ('words' in utterance.said && utterance.said.words === 'slow') await new Promise<void>((done) => (release = done));
      return said('done');
    };
    await stage.start();
    stage.double.say(ANN, GROUP, '/slow');
    stage.double.say(ANN, GROUP, '/status');
    await until(() => stage.heard.length === 2);
    release();
  });

  it('tells that Telegram cannot call it, where that is so, and when it can again', async () => {
    await begin({ timing: { lookMs: 20 } });
    await stage.start();
    const { proxy } = stage.double.webhook;
    stage.double.advance(2_000);
    stage.double.webhook.proxy = null;
    stage.double.say(ANN, GROUP, '/status');
    await until(() => stage.hearing.length === 2);
    expect(stage.hearing[1]).toMatchObject({ code: 'telegram.webhook', message: expect.stringContaining('Telegram cannot call hooks.example: Connection refused') as unknown, mend: expect.stringContaining('certificate') as unknown });
    stage.double.webhook.proxy = proxy;
    await until(() => stage.hearing.length === 3);
    expect(stage.hearing[2]).toBeNull();
  });

  it('sets itself again where somebody polled and took it away, and tells where another bot took it', async () => {
    await begin({ timing: { lookMs: 20 } });
    await stage.start();
    stage.double.webhook.set({});
    await until(() => calls('setWebhook').length === 2);
    stage.double.webhook.set({ url: 'https://elsewhere.example/x' });
    await until(() => stage.hearing.some((told) => told instanceof HypercareError));
    expect(stage.hearing.at(-1)).toMatchObject({ code: 'telegram.conflict', message: expect.stringContaining('another process uses the same TELEGRAM_BOT_TOKEN') as unknown });
    expect(stage.double.webhook.url).toBe('https://elsewhere.example/x');
  });

  it('refuses to start with a token that Telegram does not know, and leaves no door open', async () => {
    await begin({ secrets: { TELEGRAM_BOT_TOKEN: `1:${'a'.repeat(35)}` } });
    await expect(stage.start()).rejects.toMatchObject({ code: 'telegram.token' });
    await expect(fetch(stage.double.webhook.proxy ?? '')).rejects.toThrow();
  });

  it('starts without the network, does not say that it hears, and does once it is back', async () => {
    await begin({ timing: { startMs: 50 } });
    stage.double.wire.down = true;
    await stage.start();
    expect(stage.hearing).not.toContain(null);
    expect(stage.hearing[0]).toBeInstanceOf(HypercareError);
    stage.double.wire.down = false;
    await until(() => stage.hearing.at(-1) === null);
  });

  it('waits as long as Telegram asks', async () => {
    await begin();
    stage.double.breakOnce(['setWebhook'], new Refusal(429, 'Too Many Requests: retry after 1', { retry_after: 0.01 }));
    await stage.start();
    expect(stage.hearing).toMatchObject([{ retryAfterMs: 10 }, null]);
  });
});
