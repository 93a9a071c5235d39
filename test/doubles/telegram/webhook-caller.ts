import { request } from 'node:http';
import { systemClock } from '../../../src/io/clock.js';
import { badRequest } from './refusal.js';
import type { Update } from './updates.js';

export interface WebhookRequest {
  readonly url?: string;
  readonly secret_token?: string;
  readonly max_connections?: number;
  readonly allowed_updates?: readonly string[];
}

/** What a call was answered with; null: nobody answered. */
export interface Called {
  readonly updateId: number;
  readonly status: number | null;
  readonly body: string;
}

interface Settings {
  readonly now: () => number;
  /** The updates that wait, oldest first. */
  readonly waiting: () => readonly Update[];
  readonly confirm: (updateId: number) => void;
}

/** Real ones are further and further apart; here a test waits for them. */
const AGAIN_MS = 20;
const ANSWER_WITHIN_MS = 10_000;

/** Telegram's side of a webhook: chat platforms 2.1. */
export class WebhookCaller {
  readonly called: Called[] = [];
  /** Stands for the web server that the https address leads to: the origin it hands requests on to. */
  proxy: string | null = null;
  #set: WebhookRequest = {};
  #lastError: { readonly at: number; readonly message: string } | null = null;
  #running = false;
  #closed = false;

  constructor(private readonly settings: Settings) {}

  get url(): string {
    return this.#set.url ?? '';
  }

  /** 2.1: https, ports 443, 80, 88, 8443, max_connections 1-100, a secret of A-Za-z0-9_- with 1-256 characters. An empty url removes it. */
  set(wish: WebhookRequest): true {
    if (wish.url) {
      const url = URL.canParse(wish.url) ? new URL(wish.url) : null;
      if (url?.protocol !== 'https:') throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
      if (!['', '80', '88', '443', '8443'].includes(url.port)) throw badRequest('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443');
      if (wish.secret_token !== undefined && !/^[A-Za-z0-9_-]{1,256}$/.test(wish.secret_token)) throw badRequest('secret token contains unallowed characters');
      if (wish.max_connections !== undefined && (wish.max_connections < 1 || wish.max_connections > 100)) throw badRequest('max_connections must be between 1 and 100');
    }
    this.#set = wish;
    this.#lastError = null;
    this.poke();
    return true;
  }

  info(): Readonly<Record<string, unknown>> {
    const failed = this.#lastError === null ? {} : { last_error_date: Math.floor(this.#lastError.at / 1_000), last_error_message: this.#lastError.message };
    return { url: this.url, has_custom_certificate: false, pending_update_count: this.settings.waiting().length, max_connections: this.#set.max_connections ?? 40, ...failed };
  }

  /** 2.1: what is not answered with 2xx is delivered again. One after the other, which is allowed and easier to read. */
  poke(): void {
    if (this.#running || this.#closed || this.url === '') return;
    this.#running = true;
    void this.#run();
  }

  close(): void {
    this.#closed = true;
  }

  async #run(): Promise<void> {
    for (;;) {
      const [update] = this.settings.waiting();
      if (update === undefined || this.#closed || this.url === '') {
        this.#running = false;
        return;
      }
      const called = await this.call(update);
      if (called.status !== null && called.status >= 200 && called.status < 300) this.settings.confirm(update.update_id);
      else {
        this.#lastError = { at: this.settings.now(), message: called.status === null ? 'Connection refused' : `Wrong response from the webhook: ${called.status}` };
        await systemClock.sleep(AGAIN_MS);
      }
    }
  }

  /** One call, as Telegram makes it or, with other headers and another path, as somebody else would. */
  call(update: Update | string, differs: { readonly secret?: string | null; readonly path?: string } = {}): Promise<Called> {
    const path = differs.path ?? new URL(this.url).pathname;
    const secret = differs.secret === undefined ? this.#set.secret_token : differs.secret;
    const headers = { 'content-type': 'application/json', connection: 'close', ...(secret ? { 'x-telegram-bot-api-secret-token': secret } : {}) };
    const updateId = typeof update === 'string' ? 0 : update.update_id;
    return new Promise((resolve) => {
      const done = (status: number | null, body = ''): void => {
        const called = { updateId, status, body };
        this.called.push(called);
        resolve(called);
      };
      const sent = request(`${this.proxy ?? 'http://127.0.0.1:1'}${path}`, { method: 'POST', headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }, (answer) => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => (body += part));
        answer.on('end', () => done(answer.statusCode ?? null, body));
        answer.on('error', () => done(null));
      });
      sent.on('error', () => done(null));
      sent.end(typeof update === 'string' ? update : JSON.stringify(update));
    });
  }
}
