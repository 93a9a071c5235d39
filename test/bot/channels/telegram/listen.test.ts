import { afterEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../../../doubles/telegram.js';
import { ANN, CARD, GROUP, startStage, VERBS, until, type Stage, type StageOptions } from './stage.js';

describe('listening to Telegram', () => {
  let stage: Stage;
  const begin = async (options?: StageOptions): Promise<Stage> => (stage = await startStage(options));
  const calls = (method: string): number => stage.double.calls.filter((call) => call.method === method).length;
  const says = (text: string): void => void stage.double.say(ANN, GROUP, text);
  afterEach(() => stage.end());

  it('hears as soon as it has started, and offers a menu that Telegram takes', async () => {
    await begin();
    await stage.start();
    says('/status shop');
    await until(() => stage.heard.length === 1);
    expect(stage.heard[0]).toMatchObject({ said: { words: 'status shop' }, userId: '11' });
    await until(() => calls('setMyCommands') === 1);
    expect(stage.double.calls.find(({ method }) => method === 'setMyCommands')?.payload).toEqual({ commands: [{ command: 'status', description: 'how everything is' }, { command: 'restore_point', description: 'vouch for a release' }] });
    expect(stage.logs()).not.toContain('menu');
  });

  it('asks for messages and presses alone, and takes a webhook away that somebody set', async () => {
    await begin();
    stage.double.updates.webhook = true;
    await stage.start();
    await until(() => stage.double.updates.waits);
    expect(stage.double.calls.find((call) => call.method === 'getUpdates')?.payload['allowed_updates']).toEqual(['message', 'callback_query']);
  });

  it('hears what was said while it was away, but for what is too old', async () => {
    await begin();
    says('/status old');
    stage.double.advance(121_000);
    says('/status new');
    await stage.start();
    await until(() => stage.double.messages(GROUP).length > 0);
    expect(stage.heard.map((utterance) => utterance.said)).toEqual([{ words: 'status new' }]);
    expect(stage.double.messages(GROUP).map((message) => message.text)).toEqual([expect.stringContaining('status new')]);
    expect(stage.logs()).toMatch(/it is \d+ s old/);
  });

  it('refuses to start with a token that Telegram does not know, and says what to do', async () => {
    await begin({ secrets: { TELEGRAM_BOT_TOKEN: `1:${'a'.repeat(35)}` } });
    await expect(stage.start()).rejects.toMatchObject({ code: 'telegram.token', errorClass: 'invalid', mend: expect.stringContaining('@BotFather') });
    expect(calls('getUpdates')).toBe(0);
  });

  it('starts without the network, and hears when it is back', async () => {
    await begin({ timing: { startMs: 50 } });
    stage.double.wire.down = true;
    await stage.start();
    await until(() => stage.logs().includes('does not hear: Telegram did not answer'));
    stage.double.wire.down = false;
    says('/status');
    await until(() => stage.heard.length === 1);
  });

  it('says that it hears once Telegram has answered a poll, and not before', async () => {
    await begin({ timing: { startMs: 50 } });
    stage.double.breakOnce(['getUpdates'], 'hang');
    await stage.start();
    expect(stage.hearing).toMatchObject([{ code: 'telegram.unreachable', message: 'Telegram has not answered yet' }]);
    expect(stage.logs()).not.toContain('telegram: hears');
  });

  it('never says that it hears while another process polls', async () => {
    await begin({ timing: { firstPollS: 1, startMs: 100 } });
    stage.double.updates.occupied = true;
    await stage.start();
    await until(() => stage.logs().includes('another process listens'));
    expect(stage.hearing).not.toContain(null);
    stage.double.updates.occupied = false;
    await until(() => stage.hearing.at(-1) === null);
  });

  it('says when it hears no more, why, and when it does again', async () => {
    await begin();
    await stage.start();
    expect(stage.hearing).toEqual([null]);
    stage.double.wire.down = true;
    await until(() => stage.hearing.length === 2);
    expect(stage.hearing[1]).toMatchObject({ code: 'telegram.unreachable', mend: expect.stringContaining('api.telegram.org') as unknown });
    stage.double.wire.down = false;
    await until(() => stage.hearing.at(-1) === null);
  });

  it('comes back after the connection broke', async () => {
    await begin();
    await stage.start();
    await until(() => stage.double.updates.waits);
    stage.double.wire.down = true;
    await until(() => stage.logs().includes('does not hear'));
    stage.double.wire.down = false;
    says('/status');
    await until(() => stage.heard.length === 1);
  });

  it.each([
    ['a gateway fails', { page: 502 }],
    ['something between answers with a page', { page: 200 }],
    ['Telegram is flooded', new Refusal(429, 'Too Many Requests: retry after 0', { retry_after: 0.01 })],
    ['the connection is cut', 'destroy'],
    ['an answer is lost', 'lose'],
  ] as const)('polls again when %s', async (_what, fault) => {
    await begin();
    await stage.start();
    await until(() => stage.double.updates.waits);
    stage.double.breakOnce(['getUpdates'], fault);
    says('/status one');
    await until(() => stage.heard.length === 1);
    says('/status two');
    await until(() => stage.heard.some((utterance) => 'words' in utterance.said && utterance.said.words === 'status two'));
    expect(stage.logs()).toContain('does not hear');
  });

  it('waits before it polls against another poller, says so, and takes over when that one is gone', async () => {
    await begin({ timing: { conflictMs: 150 } });
    await stage.start();
    await until(() => stage.double.updates.waits);
    stage.double.updates.occupied = true;
    says('/status');
    await until(() => stage.logs().includes('another process listens with the same TELEGRAM_BOT_TOKEN'));
    const polls = calls('getUpdates');
    expect(stage.logs()).toContain('"againInMs":150');
    // telegraf would confirm its offset with one more poll, which would knock the other poller out.
    expect(stage.double.calls.filter((call) => call.payload['limit'] === 1)).toEqual([]);
    stage.double.updates.occupied = false;
    await until(() => stage.double.updates.waits);
    // The short one that tells that we hear, and the long one.
    expect(calls('getUpdates')).toBe(polls + 2);
  });

  it('waits a minute after a conflict and five seconds after other failures, unless told otherwise', async () => {
    const { LISTEN_TIMING } = await import('../../../../bot/channels/telegram/listen.js');
    expect(LISTEN_TIMING).toMatchObject({ conflictMs: 60_000, againMs: 5_000 });
    await begin();
  });

  it('goes on trying when the token is refused later, slowly', async () => {
    await begin();
    await stage.start();
    await until(() => stage.double.updates.waits);
    stage.double.breakOnce(['getUpdates'], new Refusal(401, 'Unauthorized'));
    says('/status');
    await until(() => stage.logs().includes('"againInMs":40'));
    await until(() => stage.double.updates.waits);
  });

  it('leaves a connection that fell silent', async () => {
    await begin({ timing: { silenceMs: 150 } });
    stage.double.breakOnce(['getUpdates'], 'hang');
    await stage.start();
    says('/status');
    await until(() => stage.heard.length === 1);
    expect(stage.logs()).toContain('the connection fell silent');
  });

  it('leaves a connection that falls silent at the very first call, and never polls twice at once', async () => {
    await begin({ timing: { silenceMs: 100, startMs: 1_000 } });
    stage.double.breakOnce(['getMe'], 'hang');
    await stage.start();
    await until(() => stage.double.updates.waits);
    expect(stage.logs()).not.toContain('another process');
  });

  it('hears an update again that Telegram delivers twice, under the same nonce', async () => {
    await begin();
    await stage.start();
    const id = stage.double.say(ANN, GROUP, '/status') ?? 0;
    await until(() => stage.heard.length === 1);
    await until(() => stage.double.updates.waits);
    stage.double.redeliver(id);
    await until(() => stage.heard.length === 2);
    expect(stage.heard.map((utterance) => utterance.nonce)).toEqual([`tg:${id}`, `tg:${id}`]);
  });

  it('confirms what it heard when it stops, so that it is not heard again', async () => {
    await begin();
    await stage.start();
    says('/status');
    await until(() => stage.heard.length === 1);
    await stage.restart();
    await until(() => stage.double.updates.waits);
    expect(stage.heard).toHaveLength(1);
  });

  it('stops at once while it waits, also in the middle of a pause or of its first call', async () => {
    await begin({ timing: { againMs: 60_000, startMs: 30, stopMs: 20_000 } });
    for (const trouble of [() => {}, () => (stage.double.wire.down = true), () => stage.double.breakOnce(['getMe'], 'hang')]) {
      stage.double.wire.down = false;
      trouble();
      const stop = await stage.channel.start?.(stage.answer, VERBS, () => undefined);
      const before = performance.now();
      await stop?.();
      expect(performance.now() - before).toBeLessThan(1_000);
    }
    expect(stage.double.updates.waits).toBe(false);
  });

  it('goes on, and leaves the exit code of the process alone, when an update cannot be handled', async () => {
    await begin();
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    await stage.start();
    stage.double.push({ message: { message_id: 1, text: '/status' } });
    await until(() => stage.logs().includes('an update could not be handled'));
    says('/status');
    await until(() => stage.heard.length === 1);
    expect(stage.logs()).not.toContain('does not hear');
    expect(process.exitCode).toBeUndefined();
    expect(said).not.toHaveBeenCalled();
    said.mockRestore();
  });

  it('stops soon in the middle of a poll, though Telegram holds the answer to its confirmation for three', async () => {
    await begin({ timing: { stopMs: 20_000 } });
    const stop = await stage.channel.start?.(stage.answer, VERBS, () => undefined);
    await until(() => stage.double.updates.waits);
    const before = performance.now();
    await stop?.();
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(stage.double.calls.at(-1)?.payload['limit']).toBe(1);
  });

  it('only speaks where it is told not to listen', async () => {
    await begin({ channel: { listen: false } });
    expect(stage.channel.start).toBeUndefined();
    await stage.channel.deliver(CARD, 'k1', undefined);
    expect(stage.double.calls.map((call) => call.method)).toEqual(['sendMessage']);
  });

  it('logs neither the token nor an address that holds it', async () => {
    await begin({ timing: { startMs: 50 } });
    stage.double.breakOnce(['getMe'], { page: 400 });
    await stage.start();
    await until(() => stage.logs().includes('does not hear'));
    expect(stage.logs()).not.toContain(stage.double.token);
  });
});
