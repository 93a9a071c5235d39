import type { Update } from 'telegraf/types';
import { z } from 'zod';
import { HypercareError } from '../../../src/domain/errors.js';
import { systemClock, type Clock } from '../../../src/io/clock.js';
import type { Logger } from '../../../src/io/log.js';
import { within } from '../../../src/io/within.js';
import type { Channel, ChannelKind, Hear, NoteHearing, Secrets, Stop, Verb } from '../channel.js';
import { listensAs } from '../listens-as.js';
import { routeKeys, type Route } from '../route.js';
import { openApi } from './api.js';
import { openChats } from './chats.js';
import { converse } from './converse.js';
import { openExamine } from './examine.js';
import { listen, LISTEN_TIMING, type ListenTiming } from './listen.js';
import { offerMenu } from './menu.js';
import { openDelivery } from './post.js';
import { receiveUpdates, type Webhook, type WebhookTiming } from './webhook.js';

export interface TelegramOptions extends Route {
  /** Where cards go and commands come from; TELEGRAM_CHAT_ID where absent. Groups have negative ids. */
  readonly chat?: number | undefined;
  /** Further chats that commands and presses may come from. */
  readonly allowed_chats: readonly number[];
  /** A Bot API server of one's own. */
  readonly api_root: string;
  /** Telegram calls the bot here; absent: the bot polls. */
  readonly webhook?: Webhook | undefined;
  /** False for all but one channel of a token: Telegram lets only one of them listen. */
  readonly listen: boolean;
}

/** What tests make shorter. Milliseconds. */
export interface TelegramTiming extends ListenTiming, WebhookTiming {
  /** Deadline of one call. */
  readonly callMs: number;
  /** See ConverseInput. */
  readonly ackMs: number;
  readonly holdMs: number;
}

export interface TelegramParts {
  readonly clock: Clock;
  readonly timing: TelegramTiming;
}

const PARTS: TelegramParts = { clock: systemClock, timing: { ...LISTEN_TIMING, lookMs: 60_000, callMs: 10_000, ackMs: 3_000, holdMs: 3_000 } };

const CHAT_ID = z.union([z.number().int(), z.string().regex(/^-?\d{1,16}$/, 'a chat id is a whole number').transform(Number)]).refine((id) => id !== 0, 'a chat id is not 0');
const TOKEN = /^\d+:[\w-]{30,}$/;

/** The kind with its clock and times exchanged; everybody but tests uses `telegram`. */
export function telegramKind(parts: TelegramParts): ChannelKind<TelegramOptions> {
  return {
    kind: 'telegram',
    needs: ['TELEGRAM_BOT_TOKEN'],
    options: z.strictObject({
      chat: CHAT_ID.optional(),
      allowed_chats: z.array(CHAT_ID).max(50).default([]),
      ...routeKeys,
      api_root: z.url({ protocol: /^https?$/ }).default('https://api.telegram.org'),
      listen: z.boolean().default(true),
      webhook: z.strictObject({
        // Telegram calls https alone, and these ports alone.
        url: z.url({ protocol: /^https$/, error: 'must be an https address that leads to this host from outside' }).refine((url) => ['', '80', '88', '443', '8443'].includes(new URL(url).port), 'Telegram calls the ports 443, 80, 88 and 8443 alone'),
        host: z.string().min(1).max(253).default('127.0.0.1'),
        port: z.number().int().min(0).max(65_535).default(3981),
      }).optional(),
    }),
    create(options, secrets, log) {
      const token = secrets.TELEGRAM_BOT_TOKEN?.trim();
      if (!token) return null;
      if (!TOKEN.test(token)) {
        throw new HypercareError('telegram.token', 'invalid', 'TELEGRAM_BOT_TOKEN is not a bot token: digits, a colon and at least 30 letters', 'Copy the whole token from @BotFather (/mybots, API Token) into .env.');
      }
      return open({ options, chat: options.chat ?? chatOf(secrets), token, log, parts });
    },
  };
}

export const telegram = telegramKind(PARTS);

function chatOf(secrets: Secrets): number {
  const parsed = CHAT_ID.safeParse(secrets.TELEGRAM_CHAT_ID?.trim() ?? '');
  if (parsed.success) return parsed.data;
  throw new HypercareError(
    'telegram.chat',
    'invalid',
    secrets.TELEGRAM_CHAT_ID ? 'TELEGRAM_CHAT_ID is no chat id, which is a whole number' : 'there is a TELEGRAM_BOT_TOKEN but no TELEGRAM_CHAT_ID',
    'Run “hypercare telegram pair”, which learns it; or set TELEGRAM_CHAT_ID in .env to the id of the group (negative) or of your own account.',
  );
}

interface Opening {
  readonly options: TelegramOptions;
  readonly chat: number;
  readonly token: string;
  readonly log: Logger;
  readonly parts: TelegramParts;
}

function open({ options, chat, token, log, parts: { clock, timing } }: Opening): Channel {
  // Without a slash at the end the client would drop the last part of the path.
  const apiRoot = options.api_root.replace(/\/*$/, '/');
  const api = openApi({ token, apiRoot, timeoutMs: timing.callMs });
  const chats = openChats(chat, options.allowed_chats, log);
  const delivery = openDelivery({ api, chats, clock, log });

  async function start(hear: Hear, verbs: readonly Verb[], hearing: NoteHearing): Promise<Stop> {
    const conversation = converse({ api, chats, hear, clock, log, ackMs: timing.ackMs, holdMs: timing.holdMs });
    const ear = { token, apiRoot, clock, log, timing, hearing, onUpdate: (update: Update, botName: string) => conversation.take(update, botName) };
    const stop = await (options.webhook === undefined ? listen(ear) : receiveUpdates({ ...ear, api, webhook: options.webhook }));
    void offerMenu(api, verbs, log);
    return async () => {
      await stop();
      await within(conversation.settled(), timing.stopMs, clock);
    };
  }
  // With the chat in its name: pointed at another chat it is another place, where open incidents are posted anew.
  const speaks: Channel = { name: `telegram:${chat}`, deliver: (card, _key, previous) => delivery.deliver(card, previous), call: delivery.call, examine: openExamine(api) };
  return options.listen ? { ...speaks, listensAs: listensAs('telegram', token), start } : speaks;
}
