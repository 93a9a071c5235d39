import { openPlace, type Answer, type Place, type Request } from './http-place.js';

export const KEY = '12345678-90ab-cdef-1234-567890abcdef';

interface Envelope {
  readonly name: string;
  readonly iKey: string;
  readonly time: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: {
    readonly baseType: string;
    readonly baseData: { readonly ver: number; readonly name?: string; readonly properties?: Readonly<Record<string, string>>; readonly metrics?: readonly { readonly name: string; readonly value: number }[] };
  };
}

/**
 * The ingestion of Application Insights on loopback, as microsoft/ApplicationInsights-node.js speaks to it
 * (Library/Sender.ts: a line of JSON for each envelope, `application/x-json-stream`, 206 with the errors by index, 439
 * for a quota); limits of names and values by its schema (PublicSchema: 512, 150, 8192).
 */
export class ApplicationInsightsDouble {
  readonly events: { readonly name: string; readonly tags: Readonly<Record<string, string>>; readonly properties: Readonly<Record<string, string>> }[] = [];
  readonly metrics: { readonly name: string; readonly value: number; readonly properties: Readonly<Record<string, string>> }[] = [];
  /** For the next requests, the status of one envelope by its index. */
  readonly partial: Readonly<Record<number, number>>[] = [];
  #place: Place | undefined;

  static async start(): Promise<ApplicationInsightsDouble> {
    const double = new ApplicationInsightsDouble();
    double.#place = await openPlace((request) => double.#take(request));
    return double;
  }

  get place(): Place {
    if (this.#place === undefined) throw new Error('the double has not started');
    return this.#place;
  }

  get connection(): string {
    return `InstrumentationKey=${KEY};IngestionEndpoint=${this.place.origin}/;LiveEndpoint=${this.place.origin}/;ApplicationId=1`;
  }

  /** The newest event about each subject, as a query shows it, and each call beside it. */
  shown(): readonly { readonly text: string; readonly buttons: readonly string[] }[] {
    const newest = new Map<string, string>();
    const calls: string[] = [];
    for (const { name, properties } of this.events) {
      if (name === 'hypercare.people.called') calls.push(properties['text'] ?? '');
      else newest.set(properties['subject'] ?? '', properties['text'] ?? '');
    }
    return [...newest.values(), ...calls].map((text) => ({ text, buttons: [] }));
  }

  #take({ method, path, headers, body }: Request): Answer {
    if (method !== 'POST' || path !== '/v2.1/track') return { status: 404 };
    if (headers['content-type'] !== 'application/x-json-stream') return { status: 400 };
    const envelopes = body.split('\n').map((line) => JSON.parse(line) as Envelope);
    if (envelopes.some(({ iKey }) => iKey !== KEY)) return { status: 400, body: answer(envelopes.length, 0, [{ index: 0, statusCode: 400, message: `Invalid instrumentation key ${KEY}` }]) };
    const broken = this.partial.shift() ?? {};
    const errors = envelopes.flatMap((one, index) => {
      const statusCode = broken[index] ?? (isWithin(one) ? null : 400);
      if (statusCode === null) this.#keep(one);
      return statusCode === null ? [] : [{ index, statusCode, message: `said of ${KEY}` }];
    });
    return { status: errors.length === 0 ? 200 : 206, body: answer(envelopes.length, envelopes.length - errors.length, errors) };
  }

  #keep({ tags, data: { baseType, baseData } }: Envelope): void {
    const properties = baseData.properties ?? {};
    if (baseType === 'EventData') this.events.push({ name: baseData.name ?? '', tags, properties });
    for (const { name, value } of baseType === 'MetricData' ? (baseData.metrics ?? []) : []) this.metrics.push({ name, value, properties });
  }
}

function answer(itemsReceived: number, itemsAccepted: number, errors: readonly object[]): string {
  return JSON.stringify({ itemsReceived, itemsAccepted, errors });
}

function isWithin({ name, time, tags, data: { baseType, baseData } }: Envelope): boolean {
  const properties = Object.entries(baseData.properties ?? {});
  return /^Microsoft\.ApplicationInsights\.[0-9a-f]{32}\.(?:Event|Metric)$/.test(name) && !Number.isNaN(Date.parse(time)) && /^(?:Event|Metric)Data$/.test(baseType) && baseData.ver === 2
    && (baseData.name ?? '').length <= 512 && properties.every(([key, value]) => key.length <= 150 && typeof value === 'string' && value.length <= 8_192)
    && (baseData.metrics ?? []).every((metric) => Number.isFinite(metric.value)) && Object.values(tags).every((value) => value.length <= 1_024);
}
