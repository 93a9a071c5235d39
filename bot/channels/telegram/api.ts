import type { Telegram } from 'telegraf';
import type { Message, Opts, Update, User, WebhookInfo } from 'telegraf/types';
import { troubleOf, type Trouble } from './trouble.js';

export type Method = 'getMe' | 'getUpdates' | 'getWebhookInfo' | 'setWebhook' | 'sendMessage' | 'editMessageText' | 'editMessageReplyMarkup' | 'answerCallbackQuery' | 'setMyCommands';

interface Results {
  readonly getMe: User;
  readonly getUpdates: readonly Update[];
  readonly getWebhookInfo: WebhookInfo;
  readonly sendMessage: Message.TextMessage;
}

export type Answered<M extends Method> = { readonly result: M extends keyof Results ? Results[M] : unknown } | { readonly trouble: Trouble };

/** The Bot API as this channel uses it; what goes wrong is a value. */
export interface Api {
  call<M extends Method>(method: M, payload: Opts<M>): Promise<Answered<M>>;
}

export interface ApiOptions {
  readonly token: string;
  readonly apiRoot: string;
  readonly timeoutMs: number;
}

/**
 * telegraf's client with a deadline for every call; by itself it waits more than eight minutes. After a deadline or a broken
 * connection the call may have taken effect all the same: Telegram has no key that would tell a repetition.
 */
export function openApi(options: ApiOptions): Api {
  let client: Promise<Telegram> | undefined;
  return {
    async call<M extends Method>(method: M, payload: Opts<M>): Promise<Answered<M>> {
      try {
        client ??= connect(options);
        const result = await (await client).callApi(method, payload, until(AbortSignal.timeout(options.timeoutMs)));
        return { result } as Answered<M>;
      } catch (thrown) {
        return { trouble: troubleOf(thrown, options.token) };
      }
    },
  };
}

/** The client is typed for the signals of an older AbortController, and takes Node's own. */
export function until(signal: AbortSignal): NonNullable<Parameters<Telegram['callApi']>[2]> {
  return { signal } as unknown as ReturnType<typeof until>;
}

/** Loads the library at the first use: a bot without Telegram never pays for it. */
async function connect(options: ApiOptions): Promise<Telegram> {
  const { Telegram } = await import('telegraf');
  return new Telegram(options.token, { apiRoot: options.apiRoot, webhookReply: false });
}
