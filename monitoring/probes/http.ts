import { z } from 'zod';
import type { Reading } from '../../src/domain/check.js';
import { sayDuration } from '../../src/domain/duration.js';
import { median, percentile } from '../../src/domain/statistics.js';
import type { HttpFault } from '../../src/io/http-fault.js';
import type { HttpAnswer } from '../../src/io/http.js';
import type { Io } from '../../src/io/io.js';
import type { Probe } from './probe.js';

const statusRule = z.union([z.int().min(100).max(599), z.templateLiteral([z.enum(['1', '2', '3', '4', '5']), 'xx'])]);

const options = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }),
    method: z.enum(['GET', 'HEAD', 'POST']).default('GET'),
    /** Which answers are right: codes, or whole classes. Redirects are not followed, so a 302 is an answer like another. */
    status: z.array(statusRule).min(1).max(20).default(['2xx']),
    /** Text that the answer must contain, in its first 256 KiB; null: any. */
    body: z.string().min(1).max(1_000).nullable().default(null),
    /** That text as the note may tell it; absent: as it is. */
    bodyShown: z.string().max(1_000).optional(),
    /** For one request, all of it. */
    timeoutMs: z.int().min(1).max(60_000).default(15_000),
    /** Requests in one reading, one after another. */
    samples: z.int().min(1).max(20).default(3),
    headers: z.record(z.string(), z.string()).default({}),
  })
  .refine(({ method, body }) => method !== 'HEAD' || body === null, { path: ['body'], message: 'a HEAD request has no body to look into' });

type Options = z.output<typeof options>;

const MAX_BODY_BYTES = 256 * 1_024;
const SAID_TEXT_CHARS = 40;
/** Right answers that took so long together say enough. */
const SLOW_MS = 2_000;

/** One request's outcome; `wrong` is null where the answer is right. */
interface Try {
  readonly ms: number;
  readonly status: number | null;
  readonly wrong: string | null;
  readonly timedOut: boolean;
}

/**
 * Asks an address, `samples` times one after another, each over a connection of its own: the workers of a cluster are
 * given connections, and not requests.
 *
 * - Bad when at least half of the requests went wrong: no answer (refused, reset, timeout, TLS), a wrong status, or the
 *   text missing. It stops asking once that is settled, so a dead address costs half of the deadlines. Fewer wrong ones
 *   are a good reading whose `ok` is below `tried`.
 * - A fault on our side (names, descriptors, routes) ends the reading; what was asked before it still counts, and with
 *   nothing before it the measuring failed.
 *
 * `p50_ms` and `p95_ms` are of the right answers alone (an error page is quick), null without any; `status` is the last
 * wrong answer's, else the last answer's; `ms` is the median of the right answers, else how long the last try took.
 * `timeouts` tells silence from a refusal: what hangs from what is gone. The note never holds the URL, a header, or
 * anything of the answer.
 */
export const http: Probe<Options> = {
  kind: 'http',
  options,
  fields: ['p50_ms', 'p95_ms', 'ok', 'tried', 'status', 'timeouts'],
  measure,
};

async function measure(asked: Options, io: Io, signal: AbortSignal): Promise<Reading> {
  const tries: Try[] = [];
  let ours: HttpFault | null = null;
  while (ours === null && tries.length < asked.samples && !isSettled(tries, asked.samples)) {
    const answer = await io.http.request(requestOf(asked), signal);
    if ('fault' in answer && (answer.fault === 'dns' || answer.fault === 'local')) ours = answer.fault;
    else tries.push('fault' in answer ? unanswered(answer.fault, answer.ms, asked) : answered(answer, asked));
  }
  return tries.length === 0 ? notMeasured(ours) : readingOf(tries);
}

function requestOf({ url, method, headers, timeoutMs }: Options): Parameters<Io['http']['request']>[0] {
  return { url, method, headers, timeoutMs, maxBodyBytes: MAX_BODY_BYTES };
}

/** Half of all planned requests went wrong: the rest cannot turn it. Or it is right and slow: to ask again would say the same, later, and cost the app as much once more. */
function isSettled(tries: readonly Try[], planned: number): boolean {
  const wrong = tries.filter((one) => one.wrong !== null).length;
  return wrong * 2 >= planned || (wrong === 0 && tries.reduce((sum, { ms }) => sum + ms, 0) >= SLOW_MS);
}

function unanswered(fault: HttpFault, ms: number, { timeoutMs }: Options): Try {
  const words = { refused: 'refused', reset: 'connection reset', tls: 'TLS failure', timeout: `no answer within ${sayDuration(timeoutMs)}`, dns: '', local: '' };
  return { ms, status: null, wrong: words[fault], timedOut: fault === 'timeout' };
}

function answered(answer: HttpAnswer, asked: Options): Try {
  return { ms: answer.ms, status: answer.status, wrong: wrongIn(answer, asked), timedOut: false };
}

function wrongIn(answer: HttpAnswer, { status, body, bodyShown: said = body ?? '' }: Options): string | null {
  const right = status.some((rule) => rule === answer.status || rule === `${Math.floor(answer.status / 100)}xx`);
  if (!right) return `status ${answer.status}`;
  if (body === null || answer.body.includes(body)) return null;
  return `body lacks "${said.length > SAID_TEXT_CHARS ? `${said.slice(0, SAID_TEXT_CHARS)}…` : said}"`;
}

function notMeasured(fault: HttpFault | null): Reading {
  const note = fault === 'dns' ? 'the name could not be resolved' : 'this host could not send the request';
  return { verdict: 'error', ms: null, values: [null, null, null, null, null, null], note };
}

function readingOf(tries: readonly Try[]): Reading {
  const right = tries.filter(({ wrong }) => wrong === null);
  const wrong = tries.filter((one) => one.wrong !== null);
  const times = right.map(({ ms }) => ms);
  const bad = wrong.length * 2 >= tries.length;
  const status = (wrong.findLast((one) => one.status !== null) ?? right.at(-1))?.status ?? null;
  return {
    verdict: bad ? 'bad' : 'good',
    ms: median(times) ?? tries.at(-1)?.ms ?? null,
    values: [median(times), percentile(times, 95), right.length, tries.length, status, tries.filter(({ timedOut }) => timedOut).length],
    note: bad ? (wrong.at(-1)?.wrong ?? null) : null,
  };
}
