import type { About } from '../../../src/cards/card.js';
import { cutText } from '../../../src/cards/clean.js';
import type { CardDocument } from '../document.js';

/** What Application Insights takes; names of members are its own. */
export interface Envelope {
  readonly ver: 1;
  readonly name: string;
  readonly time: string;
  readonly iKey: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: { readonly baseType: string; readonly baseData: object };
}

/** Its limits are 512 characters for a name, 150 for a property's key and 8192 for its value. */
const MAX_VALUE = 8_000;

interface Sender {
  readonly key: string;
  readonly host: string;
}

/** An event for a document; the properties can be asked for in queries (customEvents, customDimensions). */
export function drawEvent({ type, timestamp, data }: { readonly type: string; readonly timestamp: string; readonly data: Readonly<Record<string, unknown>> }, id: string, sender: Sender): Envelope {
  const properties = Object.fromEntries(Object.entries({ ...data, id }).filter(([, value]) => value !== null).map(([name, value]) => [name, cutText(typeof value === 'string' ? value : JSON.stringify(value), MAX_VALUE)]));
  return envelope('Event', { ver: 2, name: `hypercare.${type}`, properties }, { time: timestamp, subject: String(data['subject'] ?? ''), ...sender });
}

/** Whether an incident is open, as a number that an alert rule or a chart can count (customMetrics); nothing for other things. */
export function drawMetric(document: CardDocument, about: About | undefined, sender: Sender): readonly Envelope[] {
  if (about?.kind !== 'incident') return [];
  const { subject, resource, severity } = document.data;
  const metric = { name: 'hypercare.incident.open', value: about.state === 'resolved' ? 0 : 1, count: 1 };
  const properties = { subject, severity, ...(resource === null ? {} : { resource }) };
  return [envelope('Metric', { ver: 2, metrics: [metric], properties }, { time: document.timestamp, subject, ...sender })];
}

function envelope(kind: 'Event' | 'Metric', baseData: object, { time, subject, key, host }: Sender & { readonly time: string; readonly subject: string }): Envelope {
  return {
    ver: 1,
    name: `Microsoft.ApplicationInsights.${key.replaceAll('-', '')}.${kind}`,
    time,
    iKey: key,
    tags: { 'ai.cloud.role': 'hypercare', 'ai.cloud.roleInstance': host, 'ai.operation.id': subject },
    data: { baseType: `${kind}Data`, baseData },
  };
}
