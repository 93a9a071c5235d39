import { Refusal } from './refusal.js';

export interface Update {
  readonly update_id: number;
  readonly [part: string]: unknown;
}

export interface PollRequest {
  readonly offset?: number;
  readonly limit?: number;
  readonly timeout?: number;
  readonly allowed_updates?: readonly string[];
}

interface Waiting {
  readonly request: PollRequest;
  readonly answer: (updates: readonly Update[]) => void;
  readonly refuse: (refusal: Refusal) => void;
  readonly timer: NodeJS.Timeout;
}

// Chat platforms 2.1, and telegram-bot-api (Client::abort_long_poll): it is the poll that already waits which is ended.
const OTHER_POLLER = 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';
const WEBHOOK = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

const REPEAT_SECONDS = 3;

/** The queue of one bot's updates and its long poll. */
export class UpdateQueue {
  #queue: Update[] = [];
  #waiting: Waiting | undefined;
  #allowed: readonly string[] = [];
  #last: { readonly offset: number; readonly at: number } | undefined;
  /** Another process polls with the same token, again and again. */
  occupied = false;
  webhook = false;

  constructor(private readonly now: () => number) {}

  get waits(): boolean {
    return this.#waiting !== undefined;
  }

  push(update: Update): void {
    const [kind = ''] = Object.keys(update).filter((key) => key !== 'update_id');
    // Chat platforms 2.1: allowed_updates sticks until changed.
    if (this.#allowed.length > 0 && !this.#allowed.includes(kind)) return;
    this.#queue.push(update);
    const waiting = this.#release();
    waiting?.answer(this.#take(waiting.request));
  }

  /** `closed` tells that the caller hung up. */
  async poll(request: PollRequest, closed: AbortSignal): Promise<readonly Update[]> {
    // Chat platforms 2.1: with a webhook set getUpdates gives 409.
    if (this.webhook) throw new Refusal(409, WEBHOOK);
    if (request.allowed_updates !== undefined) this.#allowed = request.allowed_updates;
    // Chat platforms 2.1: the offset confirms everything lower.
    if (request.offset !== undefined && request.offset > 0) this.#queue = this.#queue.filter((update) => update.update_id >= (request.offset ?? 0));
    const timeout = this.#timeout(request);
    const ready = this.#take(request);
    if (ready.length > 0 || timeout === 0) return ready;
    // Chat platforms 2.1: one poller per token.
    this.#release()?.refuse(new Refusal(409, OTHER_POLLER));
    if (this.occupied) throw new Refusal(409, OTHER_POLLER);
    return this.#wait({ ...request, timeout }, closed);
  }

  /** What waits to be confirmed, oldest first. */
  get waiting(): readonly Update[] {
    return this.#queue;
  }

  confirm(updateId: number): void {
    this.#queue = this.#queue.filter((update) => update.update_id !== updateId);
  }

  /** Chat platforms 2.1: what a webhook is set with sticks as well. */
  allow(kinds: readonly string[] | undefined): void {
    if (kinds !== undefined) this.#allowed = kinds;
  }

  stop(): void {
    this.#release()?.answer([]);
  }

  /** telegram-bot-api (Client::process_get_updates_query): a poll that repeats the last one within 3 s is made to wait 3 s. */
  #timeout(request: PollRequest): number {
    const offset = request.offset ?? 0;
    const repeats = this.#last !== undefined && this.#last.offset === offset && this.now() - this.#last.at < REPEAT_SECONDS * 1_000;
    this.#last = { offset, at: this.now() };
    return repeats ? Math.max(REPEAT_SECONDS, request.timeout ?? 0) : (request.timeout ?? 0);
  }

  #wait(request: PollRequest, closed: AbortSignal): Promise<readonly Update[]> {
    return new Promise((answer, refuse) => {
      const timer = setTimeout(() => this.#release()?.answer([]), (request.timeout ?? 0) * 1_000);
      const waiting = { request, answer, refuse, timer };
      this.#waiting = waiting;
      closed.addEventListener('abort', () => {
        if (this.#waiting === waiting) this.#release()?.answer([]);
      });
    });
  }

  #take(request: PollRequest): readonly Update[] {
    return this.#queue.slice(0, Math.min(100, request.limit ?? 100));
  }

  #release(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    clearTimeout(waiting?.timer);
    return waiting;
  }
}
