import { checkBlocks, type Attachment, type Block } from './block-kit.js';
import { liveParts, readAloud, type Shape } from './reading.js';
import { Refusal } from './refusal.js';
import { BOT, type Workspace } from './workspace.js';

export interface Message extends Shape {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | null;
  /** 1.7, reply_broadcast: a reply of a thread that is shown in the channel too. */
  readonly broadcast?: boolean;
  /** Null: everybody in the channel sees it. */
  readonly onlyFor: string | null;
  readonly metadata: unknown;
}

/** Something came to be seen, in the order it did. */
export interface Sight {
  readonly via: 'post' | 'update' | 'ephemeral' | 'hook' | 'ack';
  readonly channel: string;
  readonly onlyFor: string | null;
  readonly ts: string | null;
  readonly threadTs: string | null;
  readonly broadcast: boolean;
  readonly text: string;
  readonly buttons: readonly string[];
}

export type Args = Readonly<Record<string, unknown>>;

const MAX_POST_TEXT = 40_000;
const MAX_UPDATE_TEXT = 4_000;

/** Chat platforms 1.6, 1.7 and 3, item 4: messages by channel and ts. */
export class Messages {
  readonly sights: Sight[] = [];
  /** What rang or became a link: chat platforms 1.14. */
  readonly live: string[] = [];
  readonly #all: Message[] = [];
  #count = 0;

  constructor(
    readonly workspace: Workspace,
    readonly now: () => number,
  ) {}

  /** What stands for everybody to see, oldest first. */
  standing(channel: string): readonly Message[] {
    return this.#all.filter((message) => message.channel === channel && message.onlyFor === null);
  }

  /** The same, with what is shown to one person alone. */
  inChannel(channel: string): readonly Message[] {
    return this.#all.filter((message) => message.channel === channel);
  }

  find(channel: string, ts: string): Message | undefined {
    return this.#all.find((message) => message.channel === channel && message.ts === ts);
  }

  post(args: Args): Message {
    const channel = this.#channelForPosting(String(args['channel']));
    const shape = shapeOf(args);
    if (shape.text === '' && shape.blocks.length === 0 && shape.attachments.length === 0) throw new Refusal('no_text');
    checkBlocks(shape.blocks, shape.attachments);
    // 1.6: text is truncated above 40,000 characters.
    return this.put({ ...shape, text: shape.text.slice(0, MAX_POST_TEXT), channel, threadTs: stringOf(args['thread_ts']), broadcast: args['reply_broadcast'] === 'true', onlyFor: null, metadata: args['metadata'] ?? null, parsesNames: args['parse'] === 'full' || args['link_names'] === 'true', via: 'post' });
  }

  /** 1.7, postEphemeral: only a member of the channel can be shown something; the `message_ts` is no real ts. */
  postEphemeral(args: Args): Message {
    const channel = this.#channelForPosting(String(args['channel']));
    if (!this.workspace.users.has(String(args['user']))) throw new Refusal('user_not_in_channel');
    const shape = shapeOf(args);
    checkBlocks(shape.blocks, shape.attachments);
    return this.put({ ...shape, channel, threadTs: stringOf(args['thread_ts']), onlyFor: String(args['user']), metadata: null, parsesNames: args['parse'] === 'full', via: 'ephemeral' });
  }

  update(args: Args): Message {
    const channel = String(args['channel']);
    if (!this.workspace.channels.has(channel)) throw new Refusal('channel_not_found');
    const before = this.find(channel, String(args['ts']));
    // 1.7: an ephemeral message has no ts that could be edited.
    if (before === undefined || before.onlyFor !== null) throw new Refusal('message_not_found');
    const text = stringOf(args['text']);
    if ((text ?? '').length > MAX_UPDATE_TEXT) throw new Refusal('msg_too_long');
    // 1.7: blocks sent replace; text without blocks removes them, buttons too; neither keeps them.
    const blocks = blocksOf(args['blocks']) ?? (text === null ? before.blocks : []);
    // Documentation of chat.update: attachments left out are kept, an empty list removes them.
    const attachments = attachmentsOf(args['attachments']) ?? before.attachments;
    checkBlocks(blocks, attachments);
    const after: Message = { ...before, text: text ?? before.text, blocks, attachments, metadata: args['metadata'] ?? before.metadata };
    this.#all[this.#all.indexOf(before)] = after;
    // 1.14: `parse` of an update defaults to 'client', unlike that of a post.
    this.#see(after, 'update', args['parse'] !== 'none');
    return after;
  }

  delete(channel: string, ts: string): void {
    const at = this.#all.findIndex((message) => message.channel === channel && message.ts === ts);
    if (at >= 0) this.#all.splice(at, 1);
  }

  put({ via, parsesNames, ...message }: Omit<Message, 'ts'> & { readonly via: Sight['via']; readonly parsesNames: boolean }): Message {
    const stored: Message = { ...message, ts: this.nextTs() };
    this.#all.push(stored);
    this.#see(stored, via, parsesNames);
    return stored;
  }

  replace(before: Message, shape: Shape): void {
    const after = { ...before, ...shape };
    this.#all[this.#all.indexOf(before)] = after;
    this.#see(after, 'hook', false);
  }

  /** Section 3, item 4: a string that only ever grows. */
  nextTs(): string {
    this.#count += 1;
    return `${Math.floor(this.now() / 1_000)}.${String(this.#count).padStart(6, '0')}`;
  }

  #see(message: Message, via: Sight['via'], parsesNames: boolean): void {
    this.live.push(...liveParts(message, parsesNames));
    const { channel, onlyFor, ts, threadTs } = message;
    this.sights.push({ via, channel, onlyFor, ts, threadTs, broadcast: message.broadcast ?? false, ...readAloud(message) });
  }

  /** 1.7: channel_not_found, not_in_channel, is_archived. A user's id as the channel is the conversation with that user. */
  #channelForPosting(id: string): string {
    const channel = this.workspace.channels.get(this.workspace.users.has(id) ? this.workspace.directChannel(id) : id);
    if (channel === undefined) throw new Refusal('channel_not_found');
    if (!channel.is_member && !channel.is_im) throw new Refusal('not_in_channel');
    if (channel.is_archived) throw new Refusal('is_archived');
    return channel.id;
  }
}

/** A message as the Web API and payloads show it. */
export function asJson({ ts, text, blocks, attachments, threadTs, metadata }: Message): Args {
  return { type: 'message', user: BOT.userId, bot_id: BOT.botId, ts, text, blocks, attachments, ...(threadTs === null ? {} : { thread_ts: threadTs }), ...(metadata === null ? {} : { metadata }) };
}

export function shapeOf(args: Args): Shape {
  return { text: stringOf(args['text']) ?? '', blocks: blocksOf(args['blocks']) ?? [], attachments: attachmentsOf(args['attachments']) ?? [] };
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function blocksOf(value: unknown): readonly Block[] | null {
  return Array.isArray(value) ? (value as readonly Block[]) : null;
}

function attachmentsOf(value: unknown): readonly Attachment[] | null {
  return Array.isArray(value) ? (value as readonly Attachment[]) : null;
}
