import { afterEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../../../bot/channels/channel.js';
import { anonymousAdmin, Refusal, type Seen } from '../../../doubles/telegram.js';
import { ANN, BOB, CARD, FOREIGN, GROUP, PRIVATE, said, startStage, until, type Stage, type StageOptions } from './stage.js';

describe('speaking with people on Telegram', () => {
  let stage: Stage;
  const begin = async (options?: StageOptions): Promise<Stage> => {
    stage = await startStage(options);
    await stage.start();
    return stage;
  };
  const posted = async (): Promise<void> => void (await stage.channel.deliver(CARD, 'k1', undefined));
  const card = () => stage.double.messages(GROUP)[0]!;
  const press = (label: string, by = ANN): Promise<Seen> => {
    const button = stage.double.buttons(card()).find((candidate) => candidate.text === label);
    if (button?.callback_data === undefined) throw new Error(`there is no button ${label}`);
    return stage.double.press(by, GROUP, card().message_id, button.callback_data);
  };
  const labels = (): readonly string[] => stage.double.buttons(card()).map((button) => button.text);
  /** Everything said before this is handled. */
  const handled = async (): Promise<void> => {
    const before = stage.heard.length;
    stage.double.say(ANN, PRIVATE, '/last');
    await until(() => stage.heard.length > before);
  };
  afterEach(() => stage.end());

  describe('commands', () => {
    it('are answered where they were said, under the message', async () => {
      await begin();
      stage.double.say(ANN, GROUP, '/STATUS@Ops_Bot shop', { message_id: 77 });
      await until(() => stage.double.messages(GROUP).length === 1);
      expect(stage.only()).toMatchObject({ text: expect.stringContaining('heard status shop'), reply_to: 77, previews: false });
    });

    it('are answered in their forum topic', async () => {
      await begin();
      stage.double.say(ANN, GROUP, '/status', { is_topic_message: true, message_thread_id: 9 });
      await until(() => stage.double.messages(GROUP).length === 1);
      expect(stage.only().thread).toBe(9);
    });

    it('are heard in private chats of anybody, whom the hearer then judges by id', async () => {
      await begin();
      stage.double.say(BOB, PRIVATE, '/status');
      await until(() => stage.double.messages(PRIVATE).length === 1);
      expect(stage.heard[0]).toMatchObject({ userId: '12' });
    });

    it.each([
      ['from a foreign chat', (s: Stage) => s.double.say(ANN, FOREIGN, '/status')],
      ['121 s old', (s: Stage) => s.double.say(ANN, GROUP, '/status', { date: Math.floor(s.double.now() / 1_000) - 121 })],
      ['of a bot', (s: Stage) => s.double.say({ ...BOB, is_bot: true }, GROUP, '/status')],
      ['forwarded', (s: Stage) => s.double.say(ANN, GROUP, '/status', { forward_origin: { type: 'user', date: 1 } })],
    ])('are refused without a word, but in the log, when they come %s', async (_what, speak) => {
      await begin();
      speak(stage);
      await handled();
      expect(stage.heard).toHaveLength(1);
      expect([...stage.double.messages(GROUP), ...stage.double.messages(FOREIGN)]).toEqual([]);
      expect(stage.logs()).toContain('refused a command');
    });

    it('of other bots, plain talk and channel posts are none', async () => {
      await begin({ double: { privacy: false } });
      stage.double.say(ANN, GROUP, '/status@other_bot');
      stage.double.say(ANN, GROUP, 'status');
      stage.double.channelPost(GROUP, '/status');
      await handled();
      expect(stage.heard).toHaveLength(1);
      expect(stage.logs()).not.toContain('refused');
    });

    it('of anonymous administrators are refused with a hint', async () => {
      await begin();
      stage.double.say(ANN, GROUP, '/rollback shop', anonymousAdmin(GROUP));
      await until(() => stage.double.messages(GROUP).length === 1);
      expect(stage.only().text).toContain('Remain anonymous');
      expect(stage.heard).toEqual([]);
    });

    it('come from the group under its new id once it moved, and from nobody else', async () => {
      await begin();
      const upgraded = { id: -1_000_500, type: 'supergroup' } as const;
      const hostile = { id: -1_000_666, type: 'supergroup' } as const;
      stage.double.migrate(GROUP, upgraded, true);
      stage.double.migrate(FOREIGN, hostile, true);
      stage.double.say(ANN, upgraded, '/status');
      stage.double.say(ANN, hostile, '/status');
      await until(() => stage.double.messages(upgraded).length === 1);
      await handled();
      expect(stage.heard).toHaveLength(2);
      expect(stage.logs()).toContain('put its new id -1000500');
    });

    it('may come from further chats that are configured', async () => {
      await begin({ channel: { allowed_chats: ['-666'] } });
      stage.double.say(ANN, FOREIGN, '/status');
      await until(() => stage.double.messages(FOREIGN).length === 1);
    });

    it('do not wait for one that takes long', async () => {
      await begin({ timing: { holdMs: 20 } });
      let finish = (_reply: Reply): void => {};
      stage.answer = (utterance) => ('words' in utterance.said && utterance.said.words === 'slow' ? new Promise((resolve) => (finish = resolve)) : Promise.resolve(said('quick')));
      stage.double.say(ANN, GROUP, '/slow');
      await until(() => stage.heard.length === 1);
      stage.double.say(ANN, GROUP, '/quick');
      await until(() => stage.double.messages(GROUP).length === 1);
      finish(said('slow at last'));
      await until(() => stage.double.messages(GROUP).length === 2);
      expect(stage.double.messages(GROUP).map((message) => message.text)).toEqual([expect.stringContaining('quick'), expect.stringContaining('slow at last')]);
    });

    it('are answered after the wait that Telegram imposes', async () => {
      await begin();
      stage.double.breakOnce(['sendMessage'], new Refusal(429, 'Too Many Requests: retry after 1', { retry_after: 0.05 }));
      stage.double.say(ANN, GROUP, '/status');
      await until(() => stage.double.messages(GROUP).length === 1);
    });

    it('may be answered with buttons', async () => {
      await begin();
      stage.answer = async () => said('pick one', { buttons: CARD.buttons });
      stage.double.say(ANN, GROUP, '/questions');
      await until(() => stage.double.messages(GROUP).length === 1);
      expect(labels()).toEqual(['Roll back', 'Not now']);
    });
  });

  describe('presses', () => {
    it('say the token and show the reply to the person alone', async () => {
      await begin();
      await posted();
      expect(await press('Not now')).toEqual({ as: 'toast', text: 'heard q-1-no' });
      expect(stage.heard).toMatchObject([{ said: { pressed: 'q-1-no' }, userId: '11', userName: 'ann', platform: 'telegram', nonce: `tg:${stage.double.lastUpdateId}` }]);
      expect(stage.double.messages(GROUP)).toHaveLength(1);
    });

    it('show refusals in a window that must be closed, cut to 200 characters', async () => {
      await begin();
      await posted();
      stage.answer = async () => said('You may not decide this', { level: 'warning', body: ['x'.repeat(300)] });
      const seen = await press('Not now', BOB);
      expect(seen).toMatchObject({ as: 'alert', text: expect.stringMatching(/^You may not decide this\. x+…$/) });
      expect('text' in seen && seen.text.length).toBe(200);
    });

    it('tell everybody what is for everybody', async () => {
      await begin();
      await posted();
      stage.answer = async () => said('Ann said no', {}, 'place');
      expect(await press('Not now')).toEqual({ as: 'toast', text: 'Ann said no' });
      await until(() => stage.double.messages(GROUP).length === 2);
      expect(stage.double.messages(GROUP)[1]).toMatchObject({ reply_to: card().message_id });
    });

    it('are acknowledged before the reply is there, which then follows in the chat', async () => {
      await begin({ timing: { ackMs: 20 } });
      await posted();
      let finish = (_reply: Reply): void => {};
      stage.answer = () => new Promise((resolve) => (finish = resolve));
      expect(await press('Not now')).toEqual({ as: 'toast', text: 'Heard. The answer follows here.' });
      finish(said('done at last'));
      await until(() => stage.double.messages(GROUP).length === 2);
      expect(stage.double.messages(GROUP)[1]?.text).toContain('done at last');
    });

    it('of two people are both answered', async () => {
      await begin();
      await posted();
      let first = true;
      stage.answer = async () => {
        const won = first;
        first = false;
        return said(won ? 'Noted' : 'Already decided by ann', { level: won ? 'good' : 'warning' });
      };
      const seen = await Promise.all([press('Not now', ANN), press('Not now', BOB), press('Not now', ANN)]);
      expect(seen.map((one) => ('text' in one ? one.text : one.as))).toEqual(['Noted', 'Already decided by ann', 'Already decided by ann']);
      expect(new Set(stage.heard.map((utterance) => utterance.nonce)).size).toBe(3);
    });

    it('are answered in the chat where they come too late for Telegram', async () => {
      await begin();
      await posted();
      stage.answer = async () => {
        stage.double.advance(16_000);
        return said('Noted');
      };
      expect(await press('Not now')).toEqual({ as: 'spinner' });
      await until(() => stage.double.messages(GROUP).length === 2);
      expect(stage.double.messages(GROUP)[1]?.text).toContain('Noted');
    });

    it('that are delivered twice are heard twice under one nonce, and answered once', async () => {
      await begin();
      await posted();
      await press('Not now');
      // Only what no poll has confirmed comes again; the double answers a poll that waits with it.
      await until(() => stage.double.updates.waits);
      stage.double.redeliver(stage.double.lastUpdateId);
      await until(() => stage.heard.length === 2);
      await handled();
      expect(stage.heard[0]?.nonce).toBe(stage.heard[1]?.nonce);
      expect(stage.double.messages(GROUP)).toHaveLength(1);
    });

    it.each([
      ['in a foreign chat', (s: Stage) => s.double.press(ANN, FOREIGN, 1, 'hc:q-1-no'), 'not one of those that may decide'],
      ['on data that is not ours', (s: Stage) => s.double.press(ANN, GROUP, 1, 'x'), 'not known'],
      ['that ask about a message out of sight', (s: Stage) => s.double.press(ANN, GROUP, 4711, 'hc?:q'), 'too old'],
    ])('are refused with a word %s', async (_what, act, word) => {
      await begin();
      expect(await act(stage)).toMatchObject({ as: 'alert', text: expect.stringContaining(word) });
      expect(stage.heard).toEqual([]);
      expect(stage.logs()).toContain('refused a press');
    });

    it('are put off while a hundred others are in work', async () => {
      await begin({ timing: { holdMs: 10, stopMs: 50 } });
      await posted();
      stage.answer = () => new Promise(() => {});
      for (let index = 0; index < 100; index += 1) stage.double.say(ANN, GROUP, '/status');
      await until(() => stage.heard.length === 100);
      expect(await press('Not now')).toEqual({ as: 'alert', text: 'Too much at once. Try again in a minute.' });
      expect(stage.heard).toHaveLength(100);
    });

    it('are answered where the hearer fails', async () => {
      await begin();
      await posted();
      stage.answer = () => Promise.reject(new Error('a fault of ours'));
      expect(await press('Not now')).toMatchObject({ as: 'alert', text: expect.stringContaining('nothing was done') });
      expect(stage.logs()).toContain('a fault of ours');
    });
  });

  describe('buttons that ask once more', () => {
    it('say nothing until Yes is pressed', async () => {
      await begin();
      await posted();
      expect(await press('Roll back')).toEqual({ as: 'nothing' });
      await until(() => labels().length === 4);
      expect(labels()).toEqual(['Really: Roll back?', 'Yes', 'No', 'Not now']);
      expect(card().text).toContain('From 4f2a91c to 9d1e003.');
      expect(await press('Really: Roll back?')).toEqual({ as: 'toast', text: 'Press Yes or No.' });
      expect(stage.heard).toEqual([]);
      expect(await press('Yes', BOB)).toEqual({ as: 'toast', text: 'heard q-1-yes' });
      expect(stage.heard).toMatchObject([{ said: { pressed: 'q-1-yes' }, userId: '12' }]);
    });

    it('stand as before after No, also where a restart lies between the two presses', async () => {
      await begin();
      await posted();
      await press('Roll back');
      await until(() => labels().length === 4);
      await stage.restart();
      await press('No');
      await until(() => labels().length === 2);
      expect(stage.double.buttons(card()).map((button) => button.callback_data)).toEqual(['hc?:q-1-yes', 'hc:q-1-no']);
      expect(stage.heard).toEqual([]);
    });

    it('keep the text of the card, its previews off', async () => {
      await begin();
      await posted();
      const before = card();
      await press('Roll back');
      await until(() => labels().length === 4);
      expect(card()).toMatchObject({ text: before.text, entities: before.entities, previews: false });
    });

    it('ask once where two people press at once', async () => {
      await begin();
      await posted();
      expect(await Promise.all([press('Roll back', ANN), press('Roll back', BOB)])).toEqual([{ as: 'nothing' }, { as: 'nothing' }]);
      await until(() => labels().length === 4);
      await handled();
      expect(labels()).toEqual(['Really: Roll back?', 'Yes', 'No', 'Not now']);
    });

    it('tell that the card changed meanwhile', async () => {
      await begin();
      await posted();
      expect(await stage.double.press(ANN, GROUP, card().message_id, 'hc?:q-0-yes')).toEqual({ as: 'toast', text: 'This has changed meanwhile. Look at the buttons again.' });
    });
  });
});
