import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Telegraf } from 'telegraf';
import type { Update, WebhookInfo } from 'telegraf/types';
import { errorText, HypercareError } from '../../../src/domain/errors.js';
import type { Logger } from '../../../src/io/log.js';
import { LATE, within } from '../../../src/io/within.js';
import { DeliveryDelay, type NoteHearing, type Stop } from '../channel.js';
import { openDoor, type Knock, type Verdict } from '../door.js';
import type { Api } from './api.js';
import { ALLOWED, openBot, type SessionInput } from './session.js';
import { errorOf, type Trouble } from './trouble.js';

export interface Webhook {
  /** What Telegram calls, which leads to this host; a part that nobody can guess is put behind it. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

/** Milliseconds. */
export interface WebhookTiming {
  /** How long the start waits for Telegram before it goes on trying behind the caller's back. */
  readonly startMs: number;
  readonly againMs: number;
  /** How often Telegram is asked whether it still calls here, and could. */
  readonly lookMs: number;
}

export interface ReceiveInput extends Pick<SessionInput, 'token' | 'apiRoot' | 'clock' | 'log' | 'onUpdate'> {
  readonly api: Api;
  readonly webhook: Webhook;
  readonly timing: WebhookTiming;
  readonly hearing: NoteHearing;
}

/** A text of 4,096 characters in a reply to another, with both keyboards, is below 50 kB. */
const MAX_BODY_BYTES = 262_144;
/** Few people speak; Telegram's default of 40 would only be a crowd after an outage. */
const MOST_CONNECTIONS = 10;
const MOST_REMEMBERED = 1_000;

/**
 * Listens by Telegram's calls. The Bot API signs no body: whoever knows the address and the secret in the header is
 * Telegram. Both are drawn anew at each start and told to nobody else, so that there is nothing to store or to leak.
 */
export async function receiveUpdates(input: ReceiveInput): Promise<Stop> {
  const { clock, log, webhook: { host, port, url } } = input;
  const [path, secret] = [randomBytes(24).toString('base64url'), randomBytes(32).toString('base64url')];
  const bot = await openBot(input);
  const door = await openDoor({
    name: 'telegram', host, port, maxBytes: MAX_BODY_BYTES, clock, log,
    judge: createGuard(path, secret),
    enter: createTaker(bot, log),
  });
  const stopping = new AbortController();
  const registrar = new Registrar(input, { url: `${url.replace(/\/*$/, '')}/${path}`, secret }, stopping.signal);
  try {
    await registrar.start();
  } catch (error) {
    await door.close();
    throw error;
  }
  return async () => {
    stopping.abort();
    // The webhook stays: Telegram keeps what is said meanwhile for the next start, which tells it another address.
    await door.close();
  };
}

function createGuard(path: string, secret: string): (knock: Knock) => Verdict {
  return ({ path: called, headers }) => {
    if (!isSame(called.slice(called.lastIndexOf('/') + 1), path)) return { refused: 'another path', status: 404 };
    const given = headers['x-telegram-bot-api-secret-token'];
    return typeof given === 'string' && isSame(given, secret) ? 'in' : { refused: 'without the secret that Telegram was given', status: 403 };
  };
}

function isSame(given: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}

/** Telegram delivers again what was not answered with 2xx in time; what was taken is answered so, and not heard twice. */
function createTaker(bot: Telegraf, log: Logger): (knock: Knock, request: unknown, response: ServerResponse) => Promise<void> {
  const taken = new Set<number>();
  return async ({ body }, _request, response) => {
    const update = parse(body);
    if (update === null) return void response.writeHead(400).end();
    const [oldest] = taken;
    if (taken.has(update.update_id)) log.info({ update: update.update_id }, 'telegram: delivered again, and already heard');
    else {
      if (taken.size >= MOST_REMEMBERED && oldest !== undefined) taken.delete(oldest);
      taken.add(update.update_id);
      await bot.handleUpdate(update);
    }
    response.writeHead(200).end();
  };
}

function parse(body: Buffer): Update | null {
  try {
    const update: unknown = JSON.parse(body.toString('utf8'));
    return typeof update === 'object' && update !== null && 'update_id' in update && typeof update.update_id === 'number' ? (update as Update) : null;
  } catch {
    return null;
  }
}

/** Tells Telegram where to call, and looks whether it does. */
class Registrar {
  #since = 0;
  #told: string | null = null;

  constructor(
    private readonly input: ReceiveInput,
    private readonly target: { readonly url: string; readonly secret: string },
    private readonly signal: AbortSignal,
  ) {}

  /** Resolves once Telegram calls here, or after `startMs` while it goes on trying; rejects for a refused token or address. */
  async start(): Promise<void> {
    const { timing, clock, log } = this.input;
    const first = this.#register(true);
    const done = await within(first, timing.startMs, clock);
    if (done === LATE) this.#tell(new HypercareError('telegram.unreachable', 'transient', 'Telegram has not answered yet', 'If this lasts, check that this host reaches api.telegram.org over HTTPS.'));
    void first.then(() => this.#watch()).catch((thrown: unknown) => {
      if (this.signal.aborted) return;
      this.#tell(thrown);
      log.error({ error: errorText(thrown) }, 'telegram: listens no more');
    });
  }

  async #register(refusable: boolean): Promise<void> {
    const { api, timing, clock } = this.input;
    for (;;) {
      const done = await api.call('setWebhook', { url: this.target.url, secret_token: this.target.secret, allowed_updates: [...ALLOWED], max_connections: MOST_CONNECTIONS });
      if (!('trouble' in done)) {
        this.#since = clock.now();
        return this.#tell(null);
      }
      const error = asError(done.trouble);
      if (refusable && error instanceof HypercareError && error.errorClass !== 'transient') throw error;
      this.#tell(error);
      await clock.sleep(error instanceof DeliveryDelay ? Math.max(error.retryAfterMs, timing.againMs) : timing.againMs, this.signal);
    }
  }

  async #watch(): Promise<void> {
    const { api, timing, clock } = this.input;
    for (;;) {
      await clock.sleep(timing.lookMs, this.signal);
      const info = await api.call('getWebhookInfo', {});
      if ('trouble' in info) this.#tell(asError(info.trouble));
      else if (info.result.url === '') await this.#register(false);
      else this.#tell(faultIn(info.result, this.target.url, this.#since));
    }
  }

  /** Each state is told once. */
  #tell(trouble: unknown): void {
    const why = trouble === null ? 'hears' : errorText(trouble);
    if (why === this.#told) return;
    this.#told = why;
    this.input.hearing(trouble);
    if (trouble === null) this.input.log.info({}, 'telegram: hears');
    else this.input.log.warn({ mend: trouble instanceof HypercareError ? trouble.mend : null }, `telegram: does not hear: ${why}`);
  }
}

/** What keeps Telegram from calling `url`, since it was told to. */
function faultIn(info: WebhookInfo, url: string, since: number): HypercareError | null {
  if (info.url !== url) return new HypercareError('telegram.conflict', 'transient', 'Telegram calls another address: another process uses the same TELEGRAM_BOT_TOKEN', 'Stop the other one, or give it a bot of its own from @BotFather; then run npm start.');
  const failing = (info.pending_update_count ?? 0) > 0 && (info.last_error_date ?? 0) * 1_000 >= since;
  if (!failing) return null;
  return new HypercareError('telegram.webhook', 'permanent', `Telegram cannot call ${new URL(url).host}: ${(info.last_error_message ?? 'it does not say why').slice(0, 200)}`, 'Check that the address below webhook leads from outside to the port here, with a certificate that browsers take.');
}

function asError(trouble: Trouble): HypercareError | DeliveryDelay {
  return trouble.kind === 'wait' ? new DeliveryDelay(trouble.ms) : errorOf(trouble);
}
