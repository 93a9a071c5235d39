import { hostname } from 'node:os';
import { z } from 'zod';
import { sha256 } from '../../../src/io/hash.js';
import type { Channel, ChannelKind, Ref } from '../channel.js';
import { httpParts, postHttp, type HttpParts } from '../post-http.js';
import { routeKeys, type Route } from '../route.js';
import { secretAddress } from '../secret-address.js';
import { drawCalled, drawDocument, STANDING, type Drawing } from '../document.js';
import { readKey, signedHeaders } from './signature.js';

/** What a receiver was sent last of a thing: how it stood then, and a hash of what it said. */
const REF = STANDING.extend({ subject: z.string(), said: z.string() });

const ADDRESS = 'Write the whole address of the receiver into WEBHOOK_URL in .env: https://…';
const MENDS = {
  401: 'Does the receiver know the same WEBHOOK_SECRET? It answers 401 to who does not prove who he is.',
  403: 'Does the receiver know the same WEBHOOK_SECRET? It answers 403 to who may not.',
  404: 'Correct WEBHOOK_URL in .env: nothing takes webhooks there.',
  405: 'Correct WEBHOOK_URL in .env: nothing takes a POST there.',
  410: 'The receiver wants no more: take `webhook` out of `channels`, or write another WEBHOOK_URL into .env.',
  other: 'Look into the log of the receiver, and at WEBHOOK_URL in .env; a redirect is not followed.',
} as const;

/**
 * Every version of every card as a signed JSON document, for programs. The id is that of the delivery, so that a receiver
 * that sees one twice can tell: after a lost answer it is sent again. Nothing in the answer but its status counts.
 */
export function webhookKind(parts: () => HttpParts): ChannelKind<Route> {
  return {
    kind: 'webhook',
    needs: ['WEBHOOK_URL', 'WEBHOOK_SECRET'],
    options: z.strictObject(routeKeys),
    create(_options, secrets, _log, host = hostname()) {
      if (!secrets.WEBHOOK_URL) return null;
      const url = secretAddress('WEBHOOK_URL', secrets.WEBHOOK_URL, ADDRESS);
      return open({ url, key: readKey(secrets.WEBHOOK_SECRET), host, parts: parts() });
    },
  };
}

export const webhook = webhookKind(httpParts);

function open({ url, key, host, parts }: { readonly url: URL; readonly key: Buffer; readonly host: string; readonly parts: HttpParts }): Channel {
  const { clock } = parts;
  const drawing = (): Drawing => ({ host, now: clock.now() });

  async function send(id: string, document: object): Promise<void> {
    const body = JSON.stringify(document);
    await postHttp(parts, { name: 'the webhook', mends: MENDS }, { url: url.href, headers: signedHeaders(key, { id, now: clock.now(), body }), body });
  }

  return {
    name: `webhook:${url.host}`,
    alertsOnly: true,
    async deliver(card, id, previous): Promise<Ref> {
      const before = REF.safeParse(previous).data ?? null;
      const document = drawDocument(card, before === null ? null : { state: before.state, severity: before.severity }, drawing());
      const said = sha256(JSON.stringify({ ...document.data, before: null }));
      // The relay looks again and again; what says the same is taken as delivered.
      if (before?.said === said) return before;
      await send(id, document);
      return { subject: document.data.subject, state: document.data.state, severity: document.data.severity, said } satisfies z.infer<typeof REF>;
    },
    async call(call, at, _fresh, id) {
      const standing = REF.safeParse(at).data;
      if (standing !== undefined) await send(`${id}-call`, drawCalled(call, standing, drawing()));
    },
  };
}
