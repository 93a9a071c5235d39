import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { systemClock } from '../../../src/io/clock.js';
import type { Ack, Envelope } from './socket.js';

export interface SignedPost {
  readonly url: string;
  readonly secret: string;
  /** Unix seconds; chosen, to try old and future ones. */
  readonly timestampS: number;
  readonly body: string;
  /** 1.1: exactly this, without a charset, or JSON. */
  readonly contentType?: string;
  /** 1.10: `x-slack-retry-num` and `x-slack-retry-reason` of an event delivered again. */
  readonly retry?: { readonly num: number; readonly reason: string };
}

const ANSWER_WITHIN_MS = 3_000;

/** Chat platforms 1.1: `v0:` + timestamp + `:` + raw body, HMAC-SHA256 with the signing secret, in lower-case hex. */
export function signature({ secret, timestampS, body }: Pick<SignedPost, 'secret' | 'timestampS' | 'body'>): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestampS}:${body}`).digest('hex')}`;
}

/** Section 3, item 8: delivers as Slack does over HTTP, on a connection of its own, and fails where no answer comes in 3 s. */
export function deliverSigned(post: SignedPost): Promise<{ readonly status: number; readonly body: string; readonly ms: number }> {
  const began = systemClock.monotonic();
  const headers = {
    'content-type': post.contentType ?? 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': String(post.timestampS),
    'x-slack-signature': signature(post),
    connection: 'close',
    ...(post.retry ? { 'x-slack-retry-num': String(post.retry.num), 'x-slack-retry-reason': post.retry.reason } : {}),
  };
  return new Promise((resolve, reject) => {
    const sent = request(post.url, { method: 'POST', headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (body += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body, ms: systemClock.monotonic() - began }));
    });
    sent.on('error', reject);
    sent.end(post.body);
  });
}

/** Where the app is called, and the secret it is signed with. */
export interface Calling {
  readonly url: string;
  readonly secret: string;
}

/**
 * 1.2, 1.3, 1.5: commands come as a form, presses as a form whose `payload` is JSON, events as JSON, each signed anew. What
 * is answered within 3 s with 200 is the acknowledgement, and its text is shown; anything else the person sees as an error.
 */
export async function callOver({ url, secret }: Calling, { envelope_id: envelopeId, type, payload, retry_attempt: retries, retry_reason: reason }: Envelope, nowMs: number): Promise<Ack> {
  const isEvent = type === 'events_api';
  const body = isEvent ? JSON.stringify(payload) : String(new URLSearchParams(type === 'interactive' ? { payload: JSON.stringify(payload) } : (payload as Record<string, string>)));
  const answer = await deliverSigned({
    url, secret, body, timestampS: Math.floor(nowMs / 1_000), contentType: isEvent ? 'application/json' : 'application/x-www-form-urlencoded',
    ...(retries === undefined ? {} : { retry: { num: retries, reason: reason ?? 'http_timeout' } }),
  });
  if (answer.status !== 200) throw new Error(`the app answered ${type} with ${answer.status} (the person sees an error)`);
  return { envelopeId, payload: answer.body === '' ? {} : { text: answer.body }, latencyMs: answer.ms };
}
