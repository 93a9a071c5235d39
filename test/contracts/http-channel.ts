import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../bot/channels/channel.js';
import type { Card } from '../../src/cards/card.js';
import type { Fault, Place } from '../doubles/http-place.js';

export interface HttpStage {
  readonly channel: Channel;
  readonly place: Place;
  /** What must not be told. */
  readonly secrets: readonly string[];
  stop(): Promise<void>;
}

const CARD: Card = { subject: 'incident-1', level: 'critical', title: 'shop: checkout fails', body: [], fields: [], buttons: [], footer: null };

/** An answer, and what it means: the wait in seconds that it asks for, or a class of error. */
const CLASSES: readonly (readonly [Fault, number | 'transient' | 'permanent'])[] = [
  [{ status: 429, headers: { 'retry-after': '7' } }, 7],
  [{ status: 429, headers: { 'retry-after': '0.5' } }, 1],
  [{ status: 429, headers: { 'retry-after': '999999999' } }, 3_600],
  [{ status: 429, headers: { 'retry-after': 'soon' } }, 30],
  [{ status: 429 }, 30],
  [{ status: 503, headers: { 'retry-after': '12' } }, 12],
  ...[408, 425, 500, 502, 503, 504].map((status) => [{ status }, 'transient'] as const),
  ...[301, 302, 307, 308, 400, 401, 403, 404, 405, 410, 413, 415, 422].map((status) => [{ status, headers: { location: 'http://127.0.0.1:1/elsewhere' } }, 'permanent'] as const),
  ['destroy', 'transient'],
];

/** What every channel that speaks HTTP makes of an answer. */
export function httpChannelContract(name: string, start: () => Promise<HttpStage>): void {
  describe(`${name}: answers and what they mean`, () => {
    let stage: HttpStage;
    beforeEach(async () => {
      stage = await start();
    });
    afterEach(() => stage.stop());

    it.each(CLASSES)('%j is %s, is told without a secret, and nothing is lost', async (fault, means) => {
      stage.place.breakOnce(fault);
      const thrown: unknown = await stage.channel.deliver(CARD, 'k1', undefined).then(() => expect.unreachable('it went through'), (error: unknown) => error);
      if (typeof means === 'number') expect(thrown).toMatchObject({ name: 'DeliveryDelay', retryAfterMs: means * 1_000 });
      else expect(thrown).toMatchObject({ errorClass: means, mend: expect.stringMatching(/\w{3}/) as string });
      const seen = `${inspect(thrown, { depth: 20, showHidden: true })} ${JSON.stringify(thrown)}`;
      for (const secret of stage.secrets) expect(seen).not.toContain(secret);
      expect(stage.place.requests).toHaveLength(1);
      await stage.channel.deliver(CARD, 'k1', undefined);
    });

    it('a body without end is not read to its end', async () => {
      stage.place.breakOnce('endless');
      await stage.channel.deliver(CARD, 'k1', undefined).catch((error: unknown) => expect(error).toMatchObject({ errorClass: 'transient' }));
    });

    it('has a name without a secret: it is stored and logged', () => {
      for (const secret of stage.secrets) expect(stage.channel.name).not.toContain(secret);
    });
  });
}
