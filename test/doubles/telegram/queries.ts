import { badRequest } from './refusal.js';

/** What the person who pressed sees: a line that fades, a window to close, nothing, or the button turning until it gives up. */
export type Seen = { readonly as: 'toast' | 'alert'; readonly text: string } | { readonly as: 'nothing' | 'spinner' };

export interface AnswerRequest {
  readonly callback_query_id?: string;
  readonly text?: string;
  readonly show_alert?: boolean;
}

// Chat platforms 2.2: a query expires after about 15 s, and its text has at most 200 characters.
const EXPIRES_MS = 15_000;
const MAX_TEXT = 200;

/** Callback queries: each is answered once, within 15 s of the press. */
export class CallbackQueries {
  readonly #open = new Map<string, { readonly at: number; readonly see: (seen: Seen) => void }>();
  #last = 0;

  constructor(private readonly now: () => number) {}

  open(): { readonly id: string; readonly seen: Promise<Seen> } {
    const id = `query-${(this.#last += 1)}`;
    return { id, seen: new Promise((see) => this.#open.set(id, { at: this.now(), see })) };
  }

  answer(request: AnswerRequest): true {
    this.expire();
    const id = request.callback_query_id ?? '';
    const query = this.#open.get(id);
    if (query === undefined) throw badRequest('query is too old and response timeout expired or query ID is invalid');
    if ((request.text ?? '').length > MAX_TEXT) throw badRequest('MESSAGE_TOO_LONG');
    this.#open.delete(id);
    query.see(request.text ? { as: request.show_alert === true ? 'alert' : 'toast', text: request.text } : { as: 'nothing' });
    return true;
  }

  /** Lets the presses of more than 15 s ago turn in vain. */
  expire(): void {
    for (const [id, query] of this.#open) {
      if (this.now() - query.at <= EXPIRES_MS) continue;
      this.#open.delete(id);
      query.see({ as: 'spinner' });
    }
  }

  close(): void {
    for (const query of this.#open.values()) query.see({ as: 'spinner' });
    this.#open.clear();
  }
}
