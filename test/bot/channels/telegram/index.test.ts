import { describe, expect, it } from 'vitest';
import type { Channel, Secrets } from '../../../../bot/channels/channel.js';
import { telegram } from '../../../../bot/channels/telegram/index.js';
import type { Logger } from '../../../../src/io/log.js';
import { TelegramDouble } from '../../../doubles/telegram.js';
import { CARD, GROUP } from './stage.js';

const LOG: Logger = { info: () => {}, warn: () => {}, error: () => {}, child: () => LOG };
const TOKEN = '4200042:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';

function create(options: object, secrets: Secrets): Channel | null {
  return telegram.create(telegram.options.parse(options), secrets, LOG);
}

describe('the options of the Telegram channel', () => {
  it('have defaults', () => {
    expect(telegram.options.parse({})).toEqual({ allowed_chats: [], level: 'info', api_root: 'https://api.telegram.org', listen: true });
  });

  it('take chat ids as numbers and as text', () => {
    expect(telegram.options.parse({ chat: '-1001234567890', allowed_chats: [5, '-6'] })).toMatchObject({ chat: -1_001_234_567_890, allowed_chats: [5, -6] });
  });

  it.each([
    ['a name in place of an id', { chat: '@ops' }],
    ['the chat 0', { chat: 0 }],
    ['half a chat', { chat: 1.5 }],
    ['an unknown key', { chats: [1] }],
    ['a level that is none', { level: 'good' }],
    ['an address that is none', { api_root: 'api.telegram.org' }],
    ['another protocol', { api_root: 'file:///etc/passwd' }],
    ['more than fifty chats', { allowed_chats: Array.from({ length: 51 }, (_, index) => index + 1) }],
  ])('refuse %s', (_what, options) => expect(telegram.options.safeParse(options).success).toBe(false));
});

describe('making the Telegram channel', () => {
  it.each([[{}], [{ TELEGRAM_BOT_TOKEN: '' }], [{ TELEGRAM_BOT_TOKEN: ' ', TELEGRAM_CHAT_ID: '5' }]])('is left out without a token: %j', (secrets) => {
    expect(create({ chat: 5 }, secrets)).toBeNull();
  });

  it('takes the chat from its options, or from TELEGRAM_CHAT_ID', () => {
    expect(create({ chat: 5 }, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_CHAT_ID: '6' })?.name).toBe('telegram:5');
    expect(create({}, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_CHAT_ID: ' -6 ' })?.name).toBe('telegram:-6');
  });

  it.each(['hunter2', '123:short', `x${TOKEN}`, `${TOKEN}!`])('refuses what is no token, without saying it: %s', (token) => {
    expect(() => create({ chat: 5 }, { TELEGRAM_BOT_TOKEN: token })).toThrow(expect.objectContaining({ code: 'telegram.token', errorClass: 'invalid', mend: expect.stringContaining('@BotFather'), message: expect.not.stringContaining(token) }));
  });

  it.each([[undefined], [''], ['@ops'], ['0']])('refuses a token without a usable chat: %s', (chat) => {
    expect(() => create({}, { TELEGRAM_BOT_TOKEN: TOKEN, ...(chat !== undefined && { TELEGRAM_CHAT_ID: chat }) })).toThrow(expect.objectContaining({ code: 'telegram.chat', errorClass: 'invalid', mend: expect.stringContaining('TELEGRAM_CHAT_ID') }));
  });

  it('speaks through a server of one\'s own, also under a path', async () => {
    const double = await TelegramDouble.start();
    try {
      double.chat(GROUP);
      const channel = create({ chat: GROUP.id, api_root: `${double.wire.origin}/telegram/api` }, { TELEGRAM_BOT_TOKEN: double.token });
      await channel?.deliver(CARD, 'k1', undefined);
      expect(double.messages(GROUP)).toHaveLength(1);
      expect(double.calls.map((call) => call.under)).toEqual(['/telegram/api']);
    } finally {
      await double.close();
    }
  });
});
