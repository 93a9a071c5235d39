import { createHmac, timingSafeEqual } from 'node:crypto';
import { systemClock } from '../../src/io/clock.js';
import { openPlace, type Answer, type Place, type Request } from './http-place.js';

/** Put together here, so that no scanner takes the sources for a leaked secret. */
export const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`;
export const PATH = '/hooks/very-secret-path?key=also-secret';

/** Specification of Standard Webhooks 1.0, "Verifying signatures": a time within some tolerance. */
const TOLERANCE_S = 5 * 60;
/** "Payload size": usually smaller than 20 kB. */
const MAX_BYTES = 20_000;

export interface Document {
  readonly version: number;
  readonly type: string;
  readonly timestamp: string;
  readonly data: { readonly subject: string; readonly severity: string; readonly text: string } & Readonly<Record<string, unknown>>;
}

/** A receiver as the specification of Standard Webhooks 1.0 asks for: it believes nothing unsigned, old or seen before. */
export class WebhookReceiver {
  /** In the order they came, each id once: "Use the webhook-id header as an idempotency key". */
  readonly documents: Document[] = [];
  readonly ids: string[] = [];
  #place: Place | undefined;

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    receiver.#place = await openPlace((request) => receiver.#take(request));
    return receiver;
  }

  get place(): Place {
    if (this.#place === undefined) throw new Error('the receiver has not started');
    return this.#place;
  }

  get url(): string {
    return `${this.place.origin}${PATH}`;
  }

  /** The newest document of each subject, as a program that follows them shows it, and each call for people beside it. */
  shown(): readonly { readonly text: string; readonly buttons: readonly string[] }[] {
    const newest = new Map<string, string>();
    const calls: string[] = [];
    for (const { type, data } of this.documents) {
      if (type === 'people.called') calls.push(data.text);
      else newest.set(data.subject, data.text);
    }
    return [...newest.values(), ...calls].map((text) => ({ text, buttons: [] }));
  }

  #take({ method, path, query, headers, body }: Request): Answer {
    if (method !== 'POST' || `${path}?${query}` !== PATH) return { status: 404 };
    const [id, at, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => String(headers[name] ?? ''));
    if (!id || !/^\d+$/.test(at ?? '') || Math.abs(systemClock.now() / 1_000 - Number(at)) > TOLERANCE_S) return { status: 400 };
    // "Signature scheme": HMAC-SHA256 over id.timestamp.payload, the secret in base64 behind its prefix.
    const wanted = createHmac('sha256', Buffer.from(SECRET.slice('whsec_'.length), 'base64')).update(`${id}.${at}.${body}`).digest();
    const isSigned = (signatures ?? '').split(' ').some((one) => {
      const given = one.startsWith('v1,') ? Buffer.from(one.slice(3), 'base64') : Buffer.alloc(0);
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    });
    if (!isSigned || id.includes('.')) return { status: 401 };
    if (Buffer.byteLength(body) > MAX_BYTES) return { status: 413 };
    if (!this.ids.includes(id)) {
      this.ids.push(id);
      this.documents.push(JSON.parse(body) as Document);
    }
    return { status: 204 };
  }
}
