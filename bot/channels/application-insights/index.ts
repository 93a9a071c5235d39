import { hostname } from 'node:os';
import { z } from 'zod';
import { sha256 } from '../../../src/io/hash.js';
import type { Channel, ChannelKind, Ref } from '../channel.js';
import { httpParts, type HttpParts } from '../post-http.js';
import { routeKeys, type Route } from '../route.js';
import { drawCalled, drawDocument, STANDING } from '../document.js';
import { readConnection, type Connection } from './connection.js';
import { drawEvent, drawMetric } from './envelope.js';
import { createTrack } from './track.js';

const REF = STANDING.extend({ subject: z.string(), said: z.string() });

/**
 * Events and a metric in Azure Monitor's Application Insights, over its HTTP ingestion: for queries, charts and alert
 * rules there. It holds no card, so each version is an event; what says the same again is taken as delivered. It knows no
 * idempotency key: after a lost answer an event may stand there twice, with the same `id` among its properties.
 */
export function applicationInsightsKind(parts: () => HttpParts): ChannelKind<Route> {
  return {
    kind: 'application_insights',
    needs: ['APPLICATIONINSIGHTS_CONNECTION_STRING'],
    options: z.strictObject(routeKeys),
    create(_options, secrets, _log, host = hostname()) {
      const text = secrets.APPLICATIONINSIGHTS_CONNECTION_STRING;
      return text ? open(readConnection(text), host, parts()) : null;
    },
  };
}

export const applicationInsights = applicationInsightsKind(httpParts);

function open(connection: Connection, host: string, parts: HttpParts): Channel {
  const track = createTrack(connection, parts);
  const sender = { key: connection.key, host };
  const drawing = () => ({ host, now: parts.clock.now() });
  return {
    name: 'application_insights',
    alertsOnly: true,
    async deliver(card, id, previous): Promise<Ref> {
      const before = REF.safeParse(previous).data ?? null;
      const document = drawDocument(card, before === null ? null : { state: before.state, severity: before.severity }, drawing());
      const said = sha256(JSON.stringify({ ...document.data, before: null }));
      if (before?.said === said) return before;
      await track(id, [drawEvent({ ...document, data: { ...document.data } }, id, sender), ...drawMetric(document, card.about, sender)]);
      return { subject: document.data.subject, state: document.data.state, severity: document.data.severity, said } satisfies z.infer<typeof REF>;
    },
    async call(call, at, _fresh, id) {
      const standing = REF.safeParse(at).data;
      if (standing !== undefined) await track(`${id}-call`, [drawEvent(drawCalled(call, standing, drawing()), `${id}-call`, sender)]);
    },
  };
}
