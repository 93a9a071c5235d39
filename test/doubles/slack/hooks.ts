import { checkBlocks } from './block-kit.js';
import { shapeOf, type Args, type Message, type Messages } from './messages.js';
import { Refusal } from './refusal.js';
import type { Answer } from './wire.js';

interface Hook {
  readonly channel: string;
  readonly userId: string;
  /** The message whose button was pressed. */
  readonly message: Message | null;
  readonly born: number;
  uses: number;
}

const MAX_USES = 5;
const VALID_MS = 30 * 60_000;

/** Chat platforms 1.4 and 3, item 6: response URLs take JSON five times within 30 minutes, and 404 after. */
export class Hooks {
  readonly #hooks = new Map<string, Hook>();

  constructor(readonly messages: Messages) {}

  /** The id of a new one, which is the last part of its address. */
  make(place: Pick<Hook, 'channel' | 'userId' | 'message'>): string {
    const id = `hook${this.#hooks.size + 1}`;
    this.#hooks.set(id, { ...place, born: this.messages.now(), uses: 0 });
    return id;
  }

  post(id: string, args: Args): Answer {
    const hook = this.#hooks.get(id);
    if (hook === undefined || hook.uses >= MAX_USES || this.messages.now() - hook.born > VALID_MS) return { status: 404, body: { ok: false, error: 'used_url' } };
    hook.uses += 1;
    return answering(() => this.#write(hook, args));
  }

  #write(hook: Hook, args: Args): void {
    if (hook.message !== null && args['delete_original'] === true) return this.messages.delete(hook.channel, hook.message.ts);
    const shape = shapeOf(args);
    checkBlocks(shape.blocks, shape.attachments);
    const now = hook.message && this.messages.find(hook.channel, hook.message.ts);
    if (now && args['replace_original'] === true) return this.messages.replace(now, shape);
    const onlyFor = args['response_type'] === 'in_channel' ? null : hook.userId;
    this.messages.put({ ...shape, channel: hook.channel, threadTs: null, onlyFor, metadata: null, via: 'hook', parsesNames: false });
  }
}

/** An incoming webhook: JSON in, 'ok' or one word of refusal out, and nothing that could be edited. */
export function postToWebhook(messages: Messages, channel: string, args: Args): Answer {
  const shape = shapeOf(args);
  if (shape.text === '' && shape.blocks.length === 0 && shape.attachments.length === 0) return { status: 400, body: 'no_text' };
  return answering(() => {
    checkBlocks(shape.blocks, shape.attachments);
    messages.put({ ...shape, channel, threadTs: null, onlyFor: null, metadata: null, via: 'hook', parsesNames: args['link_names'] === true });
  });
}

function answering(write: () => void): Answer {
  try {
    write();
    return { status: 200, body: 'ok' };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { status: 400, body: thrown.error };
    throw thrown;
  }
}
