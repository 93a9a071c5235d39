import { HypercareError } from '../../src/domain/errors.js';
import { systemClock, type Clock } from '../../src/io/clock.js';
import type { Http, HttpAnswer } from '../../src/io/http.js';
import type { HttpFault } from '../../src/io/http-fault.js';
import { DeliveryDelay } from './channel.js';

/** The specification of Standard Webhooks recommends 15 to 30 s. */
const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const UNSAID_DELAY_MS = 30_000;
const MAX_DELAY_MS = 3_600_000;

/** What a channel that speaks HTTP is made with. */
export interface HttpParts {
  readonly http: Http;
  readonly clock: Pick<Clock, 'now'>;
  /** For one request, in milliseconds; tests make it shorter. */
  readonly timeoutMs: number;
}

export function httpParts(): HttpParts {
  return { http: openLate(), clock: systemClock, timeoutMs: TIMEOUT_MS };
}

/** The HTTP client takes 20 MB, which who has no such channel does not pay. */
function openLate(): Http {
  let opened: Promise<Http> | undefined;
  const open = (): Promise<Http> => (opened ??= import('../../src/io/http.js').then(({ createHttp }) => createHttp()));
  return { request: async (request, signal) => (await open()).request(request, signal), close: async () => (await opened)?.close() };
}

/** Who is spoken to. */
export interface Receiver {
  /** For people: 'Discord'. */
  readonly name: string;
  /** What a person does about a refusal, by its status; `other` for the rest. */
  readonly mends: { readonly [status: number]: string; readonly other: string };
}

export interface HttpPost {
  /** A secret as a rule: no error repeats it. */
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
  /** Whether an answer that is none of 2xx is one all the same. */
  readonly expects?: (answer: HttpAnswer) => boolean;
}

/** done: taken · wait: later, as it says · transient: later · permanent: a person's hand is needed. */
export type AnswerClass = 'done' | 'wait' | 'transient' | 'permanent';

/** What a status means for a delivery; one table for every channel that speaks HTTP. */
export function answerClass(status: number, saysWhen: boolean): AnswerClass {
  if (status >= 200 && status < 300) return 'done';
  if (status === 429) return 'wait';
  if (status === 408 || status === 425 || status >= 500) return saysWhen ? 'wait' : 'transient';
  return 'permanent';
}

/** No answer says nothing of the receiver but this: a certificate that is not accepted stays so. */
const FAULTS: Readonly<Record<HttpFault, string>> = {
  refused: 'the connection was refused', reset: 'the connection broke', timeout: 'there was no answer in time',
  tls: 'its certificate is not accepted', dns: 'its name could not be resolved', local: 'this host could not connect',
};

/** One request with a deadline, following no redirect. Gives what was taken; throws what was not, classified, without the address or a word of the answer. */
export async function postHttp({ http, clock, timeoutMs }: HttpParts, { name, mends }: Receiver, post: HttpPost): Promise<HttpAnswer> {
  const { url, method = 'POST', headers = {}, body, expects = () => false } = post;
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  const answer = await http.request({ url, method, headers: { 'content-type': 'application/json', ...headers }, ...(text === undefined ? {} : { body: text }), timeoutMs, maxBodyBytes: MAX_ANSWER_BYTES });
  if ('fault' in answer) throw unanswered(name, answer.fault);
  if (expects(answer)) return answer;
  const after = answer.headers['retry-after'];
  switch (answerClass(answer.status, after !== undefined)) {
    case 'done':
      return answer;
    case 'wait':
      throw new DeliveryDelay(delayOf(after, clock.now()));
    case 'transient':
      throw new HypercareError('channel.failed', 'transient', `${name} answered with status ${answer.status}`, 'It is tried again by itself.');
    case 'permanent':
      throw new HypercareError('channel.refused', 'permanent', `${name} refused it with status ${answer.status}`, mends[answer.status] ?? mends.other);
  }
}

function unanswered(name: string, fault: HttpFault): HypercareError {
  const why = `${name} was not reached: ${FAULTS[fault]}`;
  if (fault === 'tls') return new HypercareError('channel.tls', 'permanent', why, 'Renew or correct the certificate there; one of an authority that this host does not know is not accepted.');
  return new HypercareError('channel.failed', 'transient', why, 'It is tried again by itself. If it lasts, look at the address in .env, and at the way out of this host.');
}

/** Seconds, also with a fraction, or a date; at least a second and at most an hour. */
function delayOf(header: string | undefined, now: number): number {
  const text = header?.trim() ?? '';
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(Math.ceil(ms), 1_000), MAX_DELAY_MS) : UNSAID_DELAY_MS;
}
