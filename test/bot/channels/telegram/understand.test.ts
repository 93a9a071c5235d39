import type { Update } from 'telegraf/types';
import { describe, expect, it } from 'vitest';
import { openChats } from '../../../../bot/channels/telegram/chats.js';
import { understand, type Understood } from '../../../../bot/channels/telegram/understand.js';
import type { Logger } from '../../../../src/io/log.js';
import { anonymousAdmin } from '../../../doubles/telegram.js';
import { ANN, FOREIGN, GROUP, PRIVATE } from './stage.js';

const NOW = 1_780_000_000_000;
const LOG: Logger = { info: () => {}, warn: () => {}, error: () => {}, child: () => LOG };
const RULES = { chats: openChats(GROUP.id, [-501], LOG), botName: 'ops_bot', now: NOW };

function message(text: string, more: object = {}): Understood {
  return arrive({ update_id: 7, message: { message_id: 3, date: NOW / 1_000, chat: GROUP, from: ANN, text, ...more } });
}

function press(data: string, more: object = {}): Understood {
  const shown = { message_id: 3, date: 1, chat: GROUP, reply_markup: { inline_keyboard: [] } };
  return arrive({ update_id: 8, callback_query: { id: 'q', from: ANN, chat_instance: '1', message: shown, data, ...more } });
}

/** As it comes over the wire: what is undefined is absent. */
function arrive(update: object): Understood {
  return understand(JSON.parse(JSON.stringify(update)) as Update, RULES);
}

describe('a command', () => {
  it.each([
    ['/status shop', 'status shop'],
    ['/STATUS Shop', 'status Shop'],
    ['/status@ops_bot shop', 'status shop'],
    ['/Status@OPS_BOT', 'status'],
    ['/hypercare status shop', 'status shop'],
    ['/HyperCare@ops_bot   status\n shop', 'status shop'],
    ['/hypercare', 'help'],
    ['/start', 'help'],
    ['/start CODE', 'start CODE'],
    ['/silence shop 2h “quiet please” — now', 'silence shop 2h “quiet please” — now'],
    ['/restore_point shop', 'restore-point shop'],
    ['/why \u202eshop\u0007', 'why shop'],
  ])('%s is: %s', (text, words) => {
    expect(message(text)).toMatchObject({ kind: 'command', utterance: { said: { words } } });
  });

  it('names the person by id, the platform and the update', () => {
    expect(message('/status')).toMatchObject({ utterance: { platform: 'telegram', userId: '11', userName: 'ann', nonce: 'tg:7' }, at: { chat: GROUP.id, message: 3, topic: undefined } });
  });

  it('is answered to one alone in a chat with the bot, and to everybody in a group', () => {
    const alone = (heard: Understood) => heard.kind === 'command' && heard.utterance.privately;
    expect([alone(message('/dashboard', { chat: PRIVATE })), alone(message('/dashboard'))]).toEqual([true, false]);
  });

  it('is answered in its forum topic', () => {
    expect(message('/status', { is_topic_message: true, message_thread_id: 44 })).toMatchObject({ at: { topic: 44 } });
    expect(message('/status', { message_thread_id: 44 })).toMatchObject({ at: { topic: undefined } });
  });

  it('is cut at a thousand characters', () => {
    const heard = message(`/status ${'x'.repeat(5_000)}`);
    expect(heard.kind === 'command' && 'words' in heard.utterance.said && heard.utterance.said.words.length).toBe(1_000);
  });

  it.each(['hello', 'status', '/status@other_bot', '/ status', '//status', '/dry-run', ''])('is not: %s', (text) => {
    expect(message(text)).toEqual({ kind: 'ignored' });
  });

  it('may come from private chats and the configured ones, and nowhere else', () => {
    expect(message('/status', { chat: PRIVATE }).kind).toBe('command');
    expect(message('/status', { chat: { id: -501, type: 'group' } }).kind).toBe('command');
    expect(message('/status', { chat: FOREIGN })).toMatchObject({ kind: 'refused', tell: null, why: expect.stringContaining('-666') });
  });

  it.each([
    ['of a bot', { from: { ...ANN, is_bot: true } }],
    ['forwarded', { forward_origin: { type: 'user' } }],
    ['forwarded, as older servers say it', { forward_date: 1 }],
    ['forwarded from the linked channel', { is_automatic_forward: true, sender_chat: { id: -9, type: 'channel' } }],
    ['written by an inline bot', { via_bot: { id: 5 } }],
    ['of a channel', { sender_chat: { id: -9, type: 'channel' } }],
    ['of nobody', { from: undefined }],
    ['121 s old', { date: NOW / 1_000 - 121 }],
  ])('is refused without a word when it is %s', (_what, more) => {
    expect(message('/status', more)).toMatchObject({ kind: 'refused', tell: null });
  });

  it('is heard up to 120 s late', () => {
    expect(message('/status', { date: NOW / 1_000 - 120 }).kind).toBe('command');
  });

  it('of an anonymous administrator is refused with a hint', () => {
    expect(message('/status', anonymousAdmin(GROUP))).toMatchObject({ kind: 'refused', tell: expect.stringContaining('Remain anonymous') });
  });
});

describe('a press', () => {
  it('says the token of its button', () => {
    expect(press('hc:q-1')).toMatchObject({ kind: 'press', queryId: 'q', utterance: { said: { pressed: 'q-1' }, userId: '11', nonce: 'tg:8' } });
  });

  it.each([
    ['of another product', press('ap:q-1')],
    ['in a foreign chat', press('hc:q-1', { message: { message_id: 3, date: 1, chat: FOREIGN } })],
    ['without a message', press('hc:q-1', { message: undefined })],
    ['of a bot', press('hc:q-1', { from: { ...ANN, is_bot: true } })],
    ['of a game', press('hc:q-1', { data: undefined })],
    ['that asks on a message out of sight', press('hc?:q-1', { message: { message_id: 3, date: 0, chat: GROUP } })],
  ])('is refused with a word when it is one %s', (_what, heard) => {
    expect(heard).toMatchObject({ kind: 'refused', queryId: 'q', tell: expect.any(String) });
  });

  it('of an answer still counts on a message out of sight', () => {
    expect(press('hc:q-1', { message: { message_id: 3, date: 0, chat: GROUP } }).kind).toBe('press');
  });
});

describe('other updates', () => {
  it('tell that a group moved', () => {
    const heard = arrive({ update_id: 1, message: { message_id: 1, date: 1, chat: GROUP, migrate_to_chat_id: -1_000 } });
    expect(heard).toEqual({ kind: 'moved', from: GROUP.id, to: -1_000 });
  });

  it('are ignored, channel posts and edited messages too', () => {
    const post = { message_id: 1, date: NOW / 1_000, chat: GROUP, text: '/status' };
    expect(arrive({ update_id: 1, channel_post: post })).toEqual({ kind: 'ignored' });
    expect(arrive({ update_id: 1, edited_message: { ...post, from: ANN } })).toEqual({ kind: 'ignored' });
  });
});
