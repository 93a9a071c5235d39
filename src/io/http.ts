import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { HypercareError } from '../domain/errors.js';
import { systemClock } from './clock.js';
import { httpFault, type HttpFault } from './http-fault.js';

/** One answer, its body cut at `maxBodyBytes`. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From sending the request to the last byte read, in milliseconds. */
  readonly ms: number;
}

export interface HttpRequest {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PATCH';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For all of it: name, connection, TLS, headers, body. */
  readonly timeoutMs: number;
  /** Default 64 KiB. What comes after it is not read; the connection is closed. */
  readonly maxBodyBytes?: number;
}

export interface HttpFailure {
  readonly fault: HttpFault;
  readonly text: string;
  readonly ms: number;
}

export interface Http {
  /** Redirects are not followed. A failure to get an answer is a value, not a throw; an abort of `signal` throws. */
  request(request: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer | HttpFailure>;
  /** Ends what is still under way. */
  close(): Promise<void>;
}

const DEFAULT_BODY_BYTES = 64 * 1024;
/** The request's own deadline ends its wait before any of undici's; this ends a connection that nobody waits for any more. */
const GIVE_UP_MS = 60_000;

/** `lookup` stands in for the system's resolver in tests. */
export function createHttp(lookup: LookupFunction = systemLookup as LookupFunction): Http {
  const names = watchNames(lookup);
  const agent = new Agent({
    // No connection is used twice. A server closes its side after a while, and a request sent into a closing connection
    // would be read as the app resetting it; and in a cluster all requests of one connection meet the same worker, so
    // that half of the app could fail unseen.
    pipelining: 0,
    headersTimeout: GIVE_UP_MS,
    bodyTimeout: GIVE_UP_MS,
    connect: { timeout: GIVE_UP_MS, lookup: names.lookup },
  });
  return {
    request: (request, signal) => ask(agent, names.pending, request, signal),
    close: () => agent.destroy(),
  };
}

async function ask(agent: Agent, pendingNames: (host: string) => boolean, request: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer | HttpFailure> {
  signal?.throwIfAborted();
  const url = parseUrl(request.url);
  const startedAt = systemClock.monotonic();
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const ended = signal ? AbortSignal.any([signal, deadline]) : deadline;
  try {
    const answer = await before(ended, exchange(agent, url, request, ended));
    return { ...answer, ms: systemClock.monotonic() - startedAt };
  } catch (thrown) {
    signal?.throwIfAborted();
    const ms = systemClock.monotonic() - startedAt;
    if (!deadline.aborted) return { ...httpFault(thrown), ms };
    // A resolver that hangs is our trouble and not the app's, though both end at the same deadline.
    if (pendingNames(url.hostname)) return { fault: 'dns', text: `${url.hostname} was not resolved within ${request.timeoutMs} ms`, ms };
    return { fault: 'timeout', text: `no complete answer within ${request.timeoutMs} ms`, ms };
  }
}

async function exchange(agent: Agent, url: URL, request: HttpRequest, signal: AbortSignal): Promise<Omit<HttpAnswer, 'ms'>> {
  const answer = await agent.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: request.method ?? 'GET',
    headers: { 'user-agent': 'hypercare', ...request.headers },
    body: request.body ?? null,
    signal,
  });
  const body = await readBody(answer.body, request.maxBodyBytes ?? DEFAULT_BODY_BYTES);
  return { status: answer.statusCode, headers: flatten(answer.headers), body };
}

/** undici hears an abort only once it is connected; a connection that hangs would outlast the deadline. */
async function before<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new HypercareError('http.bad_url', 'invalid', 'The address is not an http or https URL', 'Write it as http://host:port/path.');
}

async function readBody(body: Dispatcher.ResponseData['body'], limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    // Leaving the loop destroys the stream, and the connection with it.
    if (size >= limit) break;
  }
  return Buffer.concat(chunks).subarray(0, limit).toString('utf8');
}

function flatten(headers: Dispatcher.ResponseData['headers']): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));
}

/** Counts the names being resolved, so that a deadline can tell a silent resolver from a silent app. */
function watchNames(lookup: LookupFunction): { lookup: LookupFunction; pending(host: string): boolean } {
  const pending = new Map<string, number>();
  const count = (host: string, by: number): void => {
    const left = (pending.get(host) ?? 0) + by;
    if (left > 0) pending.set(host, left);
    else pending.delete(host);
  };
  return {
    pending: (host) => pending.has(host),
    lookup: (host, options, callback) => {
      count(host, 1);
      lookup(host, options, (error, address, family) => {
        count(host, -1);
        callback(error, address, family);
      });
    },
  };
}

