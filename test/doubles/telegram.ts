import { systemClock } from '../../src/io/clock.js';
import { openWire, type Call, type Fault, type Wire } from './telegram/http.js';
import { liveEntities, readable } from './telegram/live.js';
import { MessageStore, type Chat, type KeyboardButton, type Message, type SendRequest } from './telegram/messages.js';
import { CallbackQueries, type AnswerRequest, type Seen } from './telegram/queries.js';
import { badRequest, Refusal } from './telegram/refusal.js';
import { WebhookCaller, type WebhookRequest } from './telegram/webhook-caller.js';
import { UpdateQueue, type PollRequest, type Update } from './telegram/updates.js';

export { Refusal, type Chat, type Fault, type Message, type Seen };

export interface User {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly username?: string;
}

export interface DoubleOptions {
  /** Wall clock in milliseconds; `advance` adds to it. */
  readonly now?: () => number;
  /** Chat platforms 2.4: on by default; a bot that is an administrator sees everything, as with `false`. */
  readonly privacy?: boolean;
}

const TOKEN = '4200042:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
const BOT: User = { id: 4_200_042, is_bot: true, first_name: 'Ops', username: 'ops_bot' };

export function person(id: number, username: string): User {
  return { id, is_bot: false, first_name: username, username };
}

/** Chat platforms 2.4: what an anonymous administrator's message shows. Presses name the person all the same. */
export function anonymousAdmin(chat: Chat): Readonly<Record<string, unknown>> {
  return { from: { id: 1_087_968_824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' }, sender_chat: chat };
}

/** A faithful double of the Bot API for the real client, on loopback; each rule names its fact in the chat platforms' list. */
export class TelegramDouble {
  readonly token = TOKEN;
  readonly bot = BOT;
  readonly calls: Call[] = [];
  readonly updates: UpdateQueue;
  readonly webhook: WebhookCaller;
  readonly #options: DoubleOptions;
  readonly #messages: MessageStore;
  readonly #queries: CallbackQueries;
  readonly #faults: { readonly methods: readonly string[]; readonly fault: Fault }[] = [];
  readonly #sent = new Map<number, Update>();
  #wire: Wire | undefined;
  #ahead = 0;
  lastUpdateId = 700_000;

  private constructor(options: DoubleOptions) {
    this.#options = options;
    this.updates = new UpdateQueue(this.now);
    this.webhook = new WebhookCaller({ now: this.now, waiting: () => this.updates.waiting, confirm: (id) => this.updates.confirm(id) });
    this.#messages = new MessageStore(this.now);
    this.#queries = new CallbackQueries(this.now);
  }

  static async start(options: DoubleOptions = {}): Promise<TelegramDouble> {
    const double = new TelegramDouble(options);
    double.#wire = await openWire({ token: TOKEN, fault: (method) => double.#fault(method), handle: (call, closed) => double.#handle(call, closed) });
    return double;
  }

  get wire(): Wire {
    if (this.#wire === undefined) throw new Error('the double has not started');
    return this.#wire;
  }

  readonly now = (): number => (this.#options.now ?? systemClock.now)() + this.#ahead;

  /** Moves the double's clock, not the machine's. */
  advance(ms: number): void {
    this.#ahead += ms;
    this.#queries.expire();
  }

  /** Makes the bot a member of the chat. */
  chat(chat: Chat): Chat {
    return this.#messages.add(chat);
  }

  messages(chat: Chat): readonly Message[] {
    return this.#messages.of(chat);
  }

  /** The text of a message as a person reads it: what came alive is drawn as something else than its source. */
  read(message: Message): string {
    return readable(message.text, liveEntities(message.text, message.entities));
  }

  buttons(message: Message | undefined): readonly KeyboardButton[] {
    return message?.reply_markup?.inline_keyboard.flat() ?? [];
  }

  /** A message of a person, with further fields of it in `more`; gives its update's id, or null where the bot is not shown it. */
  say(from: User, chat: Chat, text: string, more: Readonly<Record<string, unknown>> = {}): number | null {
    // Chat platforms 2.4, privacy mode: in groups the bot gets commands that name it or nobody.
    const command = /^\/\w+(?:@(\w+))?/.exec(text);
    const named = command?.[1]?.toLowerCase();
    const forUs = command !== null && (named === undefined || named === BOT.username?.toLowerCase());
    if (this.#options.privacy !== false && chat.type !== 'private' && !forUs) return null;
    const entities = command === null ? {} : { entities: [{ type: 'bot_command', offset: 0, length: command[0].length }] };
    return this.push({ message: { ...this.#stamp(), chat, from, text, ...entities, ...more } });
  }

  /** Chat platforms 2.4: channel posts have no `from`. */
  channelPost(chat: Chat, text: string): number {
    return this.push({ channel_post: { ...this.#stamp(), chat, sender_chat: chat, text } });
  }

  /** A press on a button, or of any data a forged client makes up; resolves with what the person sees. */
  press(from: User, chat: Chat, messageId: number, data: string): Promise<Seen> {
    const message = this.#messages.find(chat, messageId);
    const query = this.#queries.open();
    // Chat platforms 2.4: the message may be inaccessible, which its date 0 tells.
    const shown = message === undefined ? { chat, message_id: messageId, date: 0 } : toJson(message);
    this.push({ callback_query: { id: query.id, from, chat_instance: '1', message: shown, data } });
    return query.seen;
  }

  /** Any update at all; gives its id. */
  push(part: Readonly<Record<string, unknown>>): number {
    const update = { update_id: (this.lastUpdateId += 1), ...part };
    this.#sent.set(update.update_id, update);
    this.updates.push(update);
    this.webhook.poke();
    return update.update_id;
  }

  /** Chat platforms 3: the same update once more. */
  redeliver(updateId: number): void {
    const update = this.#sent.get(updateId);
    if (update === undefined) throw new Error(`no update ${updateId} was sent`);
    this.updates.push(update);
    this.webhook.poke();
  }

  /** The next call of one of these methods goes wrong. */
  breakOnce(methods: readonly string[], fault: Fault): void {
    this.#faults.push({ methods, fault });
  }

  /** Every post and edit there is refused: 'bot was kicked from the group chat', 'bot was blocked by the user'. */
  forbid(chat: Chat, why: string): void {
    this.#messages.forbid(chat, why);
  }

  /** The group becomes a supergroup with another id; without `announce` the bot learns it from errors alone. */
  migrate(from: Chat, to: Chat, announce: boolean): void {
    this.#messages.migrate(from, this.chat(to));
    if (announce) this.push({ message: { ...this.#stamp(), chat: from, from: BOT, migrate_to_chat_id: to.id } });
  }

  delete(chat: Chat, messageId: number): void {
    this.#messages.delete(chat, messageId);
  }

  async close(): Promise<void> {
    this.webhook.close();
    this.updates.stop();
    this.#queries.close();
    await this.wire.close();
  }

  #stamp(): { readonly message_id: number; readonly date: number } {
    return { message_id: this.#messages.nextId(), date: Math.floor(this.now() / 1_000) };
  }

  #fault(method: string): Fault | undefined {
    const index = this.#faults.findIndex((planned) => planned.methods.includes(method));
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0]?.fault;
  }

  async #handle(call: Call, closed: AbortSignal): Promise<unknown> {
    this.calls.push(call);
    switch (call.method) {
      case 'getMe':
        return { ...BOT, can_join_groups: true, can_read_all_group_messages: false, supports_inline_queries: false };
      case 'deleteWebhook':
        this.updates.webhook = false;
        return this.webhook.set({});
      case 'setWebhook':
        this.updates.webhook = Boolean(call.payload['url']);
        this.updates.allow(call.payload['allowed_updates'] as readonly string[] | undefined);
        return this.webhook.set(call.payload as WebhookRequest);
      case 'getWebhookInfo':
        return this.webhook.info();
      case 'getUpdates':
        return this.updates.poll(call.payload as PollRequest, closed);
      case 'sendMessage':
        return toJson(this.#messages.send(call.payload as SendRequest));
      case 'editMessageText':
        return toJson(this.#messages.editText(call.payload as SendRequest));
      case 'editMessageReplyMarkup':
        return toJson(this.#messages.editMarkup(call.payload as SendRequest));
      case 'answerCallbackQuery':
        return this.#queries.answer(call.payload as AnswerRequest);
      case 'setMyCommands':
        return setCommands(call.payload['commands'] as readonly BotCommand[]);
      default:
        throw new Refusal(404, 'Not Found: method not found');
    }
  }
}

interface BotCommand {
  readonly command: string;
  readonly description: string;
}

// Chat platforms 2.4: at most 100 commands of [a-z0-9_]{1,32} with descriptions of 1-256.
function setCommands(commands: readonly BotCommand[]): true {
  const fits = commands.length <= 100 && commands.every(({ command, description }) => /^[a-z0-9_]{1,32}$/.test(command) && description.length >= 1 && description.length <= 256);
  if (!fits) throw badRequest('BOT_COMMAND_INVALID');
  return true;
}

function toJson(message: Message): Record<string, unknown> {
  const { message_id, chat, date, text, entities, reply_markup } = message;
  return { message_id, chat, date, text, entities, from: BOT, ...(reply_markup && { reply_markup }) };
}
