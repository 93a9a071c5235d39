import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applicationInsights, applicationInsightsKind } from '../../../../bot/channels/application-insights/index.js';
import type { Channel, Ref } from '../../../../bot/channels/channel.js';
import type { About, Card } from '../../../../src/cards/card.js';
import { systemClock } from '../../../../src/io/clock.js';
import { createHttp } from '../../../../src/io/http.js';
import { channelContract } from '../../../contracts/channel.js';
import { httpChannelContract } from '../../../contracts/http-channel.js';
import { ApplicationInsightsDouble, KEY } from '../../../doubles/application-insights.js';
import { card, keepLog } from '../slack/stage.js';

interface Stage {
  readonly double: ApplicationInsightsDouble;
  readonly channel: Channel;
  logs(): string;
  stop(): Promise<void>;
}

async function openStage(): Promise<Stage> {
  const double = await ApplicationInsightsDouble.start();
  const http = createHttp();
  const { log, logs } = keepLog();
  const kind = applicationInsightsKind(() => ({ http, clock: systemClock, timeoutMs: 1_000 }));
  const channel = kind.create(kind.options.parse({}), { APPLICATIONINSIGHTS_CONNECTION_STRING: double.connection }, log, 'vm-1');
  if (channel === null) throw new Error('the channel was not made');
  return {
    double, channel, logs,
    async stop() {
      await double.place.close();
      await http.close();
    },
  };
}

channelContract('application_insights', async () => {
  const { double, channel, logs, stop } = await openStage();
  return {
    channel,
    shown: async () => double.shown(),
    secrets: [KEY],
    breakOnce: (kind) => double.place.breakOnce(kind === 'network' ? 'destroy' : kind === 'rateLimit' ? { status: 429, headers: { 'retry-after': '10' } } : { status: 400 }),
    logs,
    stop,
  };
});

httpChannelContract('application_insights', async () => {
  const { double, channel, stop } = await openStage();
  return { channel, place: double.place, secrets: [KEY], stop };
});

const ABOUT: About = { kind: 'incident', state: 'open', resource: 'shop', apps: ['shop'], asked: null };
const OPEN = card('shop is down', { body: ['Since 12:03 UTC.'], about: ABOUT });
const OVER = card('shop is good again', { level: 'good', about: { ...ABOUT, state: 'resolved' } });

describe('what stands in Application Insights', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.stop());
  const deliver = async (one: Card, key: string, previous?: Ref): Promise<Ref> => JSON.parse(JSON.stringify(await stage.channel.deliver(one, key, previous))) as Ref;

  it('is an event for each version, and whether the incident is open as a number', async () => {
    await deliver(OVER, 'e2', await deliver(OPEN, 'e1'));
    expect(stage.double.events).toMatchObject([
      { name: 'hypercare.incident.open', tags: { 'ai.cloud.role': 'hypercare', 'ai.cloud.roleInstance': 'vm-1', 'ai.operation.id': 'incident-1' }, properties: { id: 'e1', subject: 'incident-1', resource: 'shop', apps: '["shop"]', severity: 'critical', text: 'Critical: shop is down\n\nSince 12:03 UTC.' } },
      { name: 'hypercare.incident.resolved', properties: { before: '{"state":"open","severity":"critical"}', severity: 'good' } },
    ]);
    expect(stage.double.metrics).toMatchObject([{ name: 'hypercare.incident.open', value: 1, properties: { resource: 'shop' } }, { value: 0 }]);
  });

  it('taken in part is sent again without what was taken, and each is there once', async () => {
    stage.double.partial.push({ 1: 503 }, { 0: 429 });
    await expect(deliver(OPEN, 'e1')).rejects.toMatchObject({ errorClass: 'transient' });
    await expect(deliver(OPEN, 'e1')).rejects.toMatchObject({ errorClass: 'transient' });
    await deliver(OPEN, 'e1');
    expect([stage.double.events.length, stage.double.metrics.length]).toEqual([1, 1]);
  });

  it('refused in part for good is told as that, without its words', async () => {
    stage.double.partial.push({ 0: 402 });
    const thrown: unknown = await deliver(OPEN, 'e1').then(() => expect.unreachable(), (error: unknown) => error);
    expect(thrown).toMatchObject({ errorClass: 'permanent', mend: expect.stringContaining('quota') as string });
    expect(inspect(thrown)).not.toContain(KEY);
  });

  it.each(['', 'null', '{"errors":[{"index":0,"statusCode":206}]}', '{"errors":"many"}'])('told as taken in part without saying what, it is not sent twice: %j', async (body) => {
    stage.double.place.breakOnce({ status: 206, body });
    await deliver(OPEN, 'e1');
    expect(stage.double.place.requests).toHaveLength(1);
  });

  it('waits half an hour where the quota of the resource is used up', async () => {
    stage.double.place.breakOnce({ status: 439 });
    await expect(deliver(OPEN, 'e1')).rejects.toMatchObject({ name: 'DeliveryDelay', retryAfterMs: 1_800_000 });
  });
});

describe('the connection string', () => {
  const create = (text: string): Channel | null => applicationInsights.create({ level: 'info' }, { APPLICATIONINSIGHTS_CONNECTION_STRING: text }, keepLog().log);

  it.each([`InstrumentationKey=${KEY}`, ` ingestionendpoint=https://x.in.applicationinsights.azure.com/ ; INSTRUMENTATIONKEY=${KEY};`])('is read in any order and case: %s', (text) => {
    expect(create(text)?.name).toBe('application_insights');
  });

  it.each([`InstrumentationKey=very-secret`, 'very-secret', `IngestionEndpoint=https://very-secret/`, `InstrumentationKey=${KEY};IngestionEndpoint=http://very-secret/`])('is refused where it is none, and not repeated: %s', (text) => {
    let thrown: unknown;
    try {
      create(text);
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).toMatchObject({ errorClass: 'invalid', mend: expect.stringContaining('Connection String') as string });
    expect(inspect(thrown)).not.toMatch(/very-secret|12345678-90ab/);
  });
});
