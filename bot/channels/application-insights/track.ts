import { z } from 'zod';
import { HypercareError } from '../../../src/domain/errors.js';
import { DeliveryDelay } from '../channel.js';
import { postHttp, type HttpParts, type Receiver } from '../post-http.js';
import type { Connection } from './connection.js';
import type { Envelope } from './envelope.js';

const COPY = 'Copy the connection string anew from the overview of the Application Insights resource into APPLICATIONINSIGHTS_CONNECTION_STRING in .env.';
const AZURE: Receiver = {
  name: 'Application Insights',
  mends: { 400: `It does not know the instrumentation key. ${COPY}`, 402: 'The quota or daily cap of the resource is used up: raise it, or wait until it begins anew.', 307: COPY, 308: COPY, 401: 'The resource takes no data without Entra ID: allow local authentication in its properties.', 403: 'The resource takes no data without Entra ID: allow local authentication in its properties.', other: COPY },
};

/** Azure's own: too many over an extended time. */
const QUOTA = 439;
const QUOTA_DELAY_MS = 30 * 60_000;
const RETRIED = new Set([408, 429, QUOTA, 500, 502, 503, 504]);
/** Deliveries of which some envelopes are still to be taken. */
const MOST_KEPT = 100;

const PARTIAL = z.object({ errors: z.array(z.object({ index: z.number().int().nonnegative(), statusCode: z.number().int() })) });

/** Sends the envelopes of one delivery; of those that were taken in part, the next try under the same id sends the rest. */
export type Track = (id: string, envelopes: readonly Envelope[]) => Promise<void>;

export function createTrack({ url }: Connection, parts: HttpParts): Track {
  const taken = new Map<string, ReadonlySet<string>>();
  return async (id, envelopes) => {
    const before = taken.get(id) ?? new Set<string>();
    const left = envelopes.filter(({ name }) => !before.has(name));
    if (left.length === 0) return;
    const body = left.map((one) => JSON.stringify(one)).join('\n');
    const answer = await postHttp(parts, AZURE, { url, body, headers: { 'content-type': 'application/x-json-stream' }, expects: ({ status }) => status === QUOTA });
    if (answer.status === QUOTA) throw new DeliveryDelay(QUOTA_DELAY_MS);
    const refused = answer.status === 206 ? refusedIn(answer.body) : [];
    if (refused.length === 0) return void taken.delete(id);
    if (taken.size >= MOST_KEPT) taken.clear();
    taken.set(id, new Set([...before, ...left.filter((_one, index) => !refused.some((one) => one.index === index)).map(({ name }) => name)]));
    throw partly(refused.map(({ statusCode }) => statusCode));
  };
}

/** A 206 that does not say what it left out is not believed to have taken anything twice: nothing is known to be missing. */
function refusedIn(body: string): readonly { readonly index: number; readonly statusCode: number }[] {
  try {
    const errors = PARTIAL.parse(JSON.parse(body)).errors;
    // What Azure drops by its own sampling is told as 206 as well, and is no failure.
    return errors.filter(({ statusCode }) => statusCode !== 206);
  } catch {
    return [];
  }
}

function partly(statuses: readonly number[]): HypercareError {
  const status = statuses.find((one) => !RETRIED.has(one));
  if (status === undefined) return new HypercareError('application_insights.partly', 'transient', 'Application Insights took a part of it', 'It is tried again by itself.');
  return new HypercareError('application_insights.refused', 'permanent', `Application Insights refused a part of it with status ${status}`, AZURE.mends[status] ?? AZURE.mends.other);
}
