import { parseHtml, type Entity } from './html.js';
import { badRequest, Refusal } from './refusal.js';

export interface Chat {
  readonly id: number;
  readonly type: 'private' | 'group' | 'supergroup' | 'channel';
  readonly title?: string;
}

export interface KeyboardButton {
  readonly text: string;
  readonly callback_data?: string;
}

export interface Markup {
  readonly inline_keyboard: readonly (readonly KeyboardButton[])[];
}

export interface Message {
  readonly message_id: number;
  readonly chat: Chat;
  readonly date: number;
  readonly text: string;
  readonly entities: readonly Entity[];
  readonly reply_markup?: Markup;
  readonly reply_to?: number;
  readonly thread?: number;
  readonly previews: boolean;
  readonly silent?: boolean;
}

export interface SendRequest {
  readonly chat_id?: number | string;
  readonly message_id?: number;
  readonly message_thread_id?: number;
  readonly text?: string;
  readonly parse_mode?: string;
  readonly disable_notification?: boolean;
  readonly reply_markup?: Markup;
  readonly link_preview_options?: { readonly is_disabled?: boolean };
  readonly reply_parameters?: { readonly message_id: number; readonly allow_sending_without_reply?: boolean };
}

// Chat platforms 2.2: 1-4096 characters after entity parsing; callback_data 1-64 bytes, not characters.
const MAX_TEXT = 4_096;
const MAX_DATA_BYTES = 64;

/** The chats the bot is in, and what it posted there. */
export class MessageStore {
  readonly #chats = new Map<number, Chat>();
  readonly #posted = new Map<number, Message[]>();
  readonly #migrated = new Map<number, number>();
  readonly #forbidden = new Map<number, string>();
  #lastId = 1_000;

  constructor(private readonly now: () => number) {}

  nextId(): number {
    return (this.#lastId += 1);
  }

  add(chat: Chat): Chat {
    this.#chats.set(chat.id, chat);
    return chat;
  }

  of(chat: Chat): readonly Message[] {
    return this.#posted.get(chat.id) ?? [];
  }

  find(chat: Chat, messageId: number): Message | undefined {
    return this.of(chat).find((message) => message.message_id === messageId);
  }

  delete(chat: Chat, messageId: number): void {
    this.#posted.set(chat.id, this.of(chat).filter((message) => message.message_id !== messageId));
  }

  migrate(from: Chat, to: Chat): void {
    this.#migrated.set(from.id, to.id);
  }

  forbid(chat: Chat, why: string): void {
    this.#forbidden.set(chat.id, why);
  }

  send(request: SendRequest): Message {
    const chat = this.#chat(request);
    const reply = request.reply_parameters;
    const message: Message = {
      message_id: this.nextId(),
      chat,
      date: Math.floor(this.now() / 1_000),
      ...content(request),
      ...keyboardOf(request),
      ...(reply && { reply_to: reply.message_id }),
      ...(request.message_thread_id !== undefined && { thread: request.message_thread_id }),
      previews: request.link_preview_options?.is_disabled !== true,
      silent: request.disable_notification === true,
    };
    this.#posted.set(chat.id, [...this.of(chat), message]);
    return message;
  }

  editText(request: SendRequest): Message {
    return this.#edit(request, (message) => ({ ...message, ...content(request), previews: request.link_preview_options?.is_disabled !== true }));
  }

  editMarkup(request: SendRequest): Message {
    return this.#edit(request, (message) => message);
  }

  #edit(request: SendRequest, change: (message: Message) => Message): Message {
    const chat = this.#chat(request);
    const old = this.find(chat, request.message_id ?? 0);
    if (old === undefined) throw badRequest('message to edit not found');
    // Chat platforms 2.2: an omitted reply_markup removes the keyboard.
    const { reply_markup: _old, ...rest } = change(old);
    const edited: Message = { ...rest, ...keyboardOf(request) };
    if (sight(edited) === sight(old)) {
      throw badRequest('message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message');
    }
    this.#posted.set(chat.id, this.of(chat).map((message) => (message === old ? edited : message)));
    return edited;
  }

  #chat(request: SendRequest): Chat {
    const chat = this.#chats.get(Number(request.chat_id));
    if (chat === undefined) throw badRequest('chat not found');
    const moved = this.#migrated.get(chat.id);
    // Chat platforms 2.3: migration, kicked and blocked.
    if (moved !== undefined) throw badRequest('group chat was upgraded to a supergroup chat', { migrate_to_chat_id: moved });
    const why = this.#forbidden.get(chat.id);
    if (why !== undefined) throw new Refusal(403, `Forbidden: ${why}`);
    return chat;
  }
}

function content(request: SendRequest): Pick<Message, 'text' | 'entities'> {
  const raw = request.text ?? '';
  const parsed = request.parse_mode === 'HTML' ? parseHtml(raw) : { text: raw, entities: [] };
  if (parsed.text.trim() === '') throw badRequest('message text is empty');
  if (parsed.text.length > MAX_TEXT) throw badRequest('message is too long');
  return parsed;
}

function keyboardOf(request: SendRequest): { readonly reply_markup?: Markup } {
  const buttons = request.reply_markup?.inline_keyboard.flat() ?? [];
  for (const button of buttons) {
    // telegram-bot-api (Client::get_inline_keyboard_button): a button without a text is refused.
    if (button.text.trim() === '') throw badRequest('text buttons are unallowed in the inline keyboard');
    const bytes = Buffer.byteLength(button.callback_data ?? '');
    if (bytes < 1 || bytes > MAX_DATA_BYTES) throw badRequest('BUTTON_DATA_INVALID');
  }
  return request.reply_markup === undefined || buttons.length === 0 ? {} : { reply_markup: request.reply_markup };
}

function sight(message: Message): string {
  const buttons = message.reply_markup?.inline_keyboard.map((row) => row.map((button) => [button.text, button.callback_data]));
  return JSON.stringify([message.text, message.entities, buttons]);
}
