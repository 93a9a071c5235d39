import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeliveryDelay, type Channel, type Ref } from '../../bot/channels/channel.js';
import type { Card } from '../../src/cards/card.js';
import { HypercareError } from '../../src/domain/errors.js';
import { anyCard } from './any-card.js';

/**
 * network: the connection breaks before anything is stored · rateLimit: the platform asks to wait ·
 * gone: the place the channel posts to does not exist. Each holds for the next posting or editing call alone.
 */
export type Fault = 'network' | 'rateLimit' | 'gone';

export interface ChannelStage {
  readonly channel: Channel;
  /** True where the platform never says how long to wait. */
  readonly neverWaits?: boolean;
  /**
   * The messages that stand now, oldest first, as a person reads them: markup applied, entities decoded, and a live
   * mention or link drawn as something other than its source, so that data which came alive is missing from the text.
   */
  shown(): Promise<readonly { readonly text: string; readonly buttons: readonly string[] }[]>;
  /** Tokens and secret addresses the channel was made with. */
  readonly secrets: readonly string[];
  breakOnce(kind: Fault): void;
  /** Everything that was logged so far. */
  logs(): string;
  stop(): Promise<void>;
}

const CARD: Card = {
  subject: 'incident-1',
  level: 'critical',
  title: 'shop: checkout fails for 40 % of requests',
  body: ['Since 12:03 UTC, right after release 4f2a91c.', 'Before it: 0.1 %.'],
  fields: [
    { name: 'App', value: 'shop' },
    { name: 'Release', value: '4f2a91c' },
  ],
  buttons: [
    { label: 'Roll back', style: 'danger', token: 'q-1-yes', confirm: { title: 'Roll back shop?', text: 'From 4f2a91c to 9d1e003.', yes: 'Roll back', no: 'Keep' } },
    { label: 'Not now', style: 'plain', token: 'q-1-no', confirm: null },
  ],
  footer: 'host vm-1',
};

const HOSTILE = [
  '<!channel> <!here> <@U0000001> <#C0000001> <!subteam^S1>',
  '<https://evil.example|your bank> [your bank](https://evil.example)',
  '<b>bold</b> <a href="tg://user?id=1">x</a> <script>alert(1)</script> &amp; &lt;',
  '*stars* _under_ ~tilde~ `tick` ```fence``` ||spoiler|| \\n @channel @everyone',
];

/** Drawing and sending 100 kB takes its time; so many cards find what one rule forgets. */
const ANY_CARDS = 30;

/** What every channel must do, whatever its platform; `start` gives a fresh stage for each test. */
export function channelContract(name: string, start: () => Promise<ChannelStage>): void {
  describe(`${name}: the contract of channels`, () => {
    let stage: ChannelStage;
    const deliver = async (card: Card, key: string, previous?: Ref): Promise<Ref> =>
      // The store keeps references as JSON, so one that does not survive it is useless.
      JSON.parse(JSON.stringify(await stage.channel.deliver(card, key, previous))) as Ref;
    const failure = async (card: Card, key: string, previous?: Ref): Promise<unknown> =>
      stage.channel.deliver(card, key, previous).then(
        () => expect.unreachable('the delivery went through'),
        (thrown: unknown) => thrown,
      );

    /** Where nobody is heard a button would do nothing. */
    const buttonsHere = (): readonly string[] => (stage.channel.alertsOnly === true ? [] : ['Roll back', 'Not now']);

    beforeEach(async () => {
      stage = await start();
    });
    afterEach(async () => {
      await stage.stop();
    });

    it('shows every part of the card, with its buttons', async () => {
      await deliver(CARD, 'k1');
      const [message, ...others] = await stage.shown();
      expect(others).toEqual([]);
      expect(message?.buttons).toEqual(buttonsHere());
      for (const part of [CARD.title, ...CARD.body, 'App', 'shop', 'Release', '4f2a91c', 'host vm-1']) expect(message?.text).toContain(part);
      expect(message?.text.slice(0, 100)).toContain(CARD.title);
    });

    it('says the level as a word and not by colour alone', async () => {
      await deliver(CARD, 'k1');
      expect((await stage.shown())[0]?.text.toLowerCase()).toContain('critical');
    });

    it('edits the message it posted when the same thing is delivered again, or posts the news where nothing can be edited', async () => {
      const ref = await deliver(CARD, 'k1');
      await deliver({ ...CARD, level: 'good', title: 'shop: checkout works again', buttons: [] }, 'k2', ref);
      const messages = await stage.shown();
      expect(messages).toHaveLength(stage.channel.postsAnew === true ? 2 : 1);
      expect(messages.at(-1)?.text).toContain('shop: checkout works again');
      expect(messages.at(-1)?.text).not.toContain(CARD.title);
      expect(messages.at(-1)?.buttons).toEqual([]);
    });

    it('posts what was delivered once no second time under the same key', async () => {
      const ref = await deliver(CARD, 'k1');
      expect(await deliver(CARD, 'k1', ref)).toEqual(ref);
      expect(await stage.shown()).toHaveLength(1);
    });

    it('takes an edit that changes nothing as done', async () => {
      const ref = await deliver(CARD, 'k1');
      const again = await deliver(CARD, 'k1', ref);
      await deliver({ ...CARD, title: 'shop: third version' }, 'k3', again);
      const messages = await stage.shown();
      // Another title alone is no news that would be worth another message.
      expect(messages.map((message) => message.text.includes('third version'))).toEqual([stage.channel.postsAnew !== true]);
    });

    it('posts another thing as another message', async () => {
      await deliver(CARD, 'k1');
      await deliver({ ...CARD, subject: 'incident-2', title: 'cart: memory grows' }, 'k2');
      expect(await stage.shown()).toHaveLength(2);
    });

    it.each(HOSTILE)('lets hostile text arrive as data: %s', async (hostile) => {
      await deliver({ ...CARD, title: hostile, body: [`body ${hostile}`], fields: [{ name: 'Log', value: `value ${hostile}` }], footer: `footer ${hostile}` }, 'k1');
      const text = (await stage.shown())[0]?.text ?? '';
      for (const part of [hostile, `body ${hostile}`, `value ${hostile}`, `footer ${hostile}`]) expect(text).toContain(part);
    });

    it('strips control and direction characters', async () => {
      await deliver({ ...CARD, title: 'a\u0000b\u001b[31mc\u202ed\u2066e', body: ['x\u0007y\u200fz'] }, 'k1');
      expect((await stage.shown())[0]?.text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
    });

    it('cuts 20 kB at whole characters, and keeps the title and the buttons', async () => {
      const long = '🚨'.repeat(5_000);
      const fields = Array.from({ length: 40 }, (_, index) => ({ name: `field ${index}`, value: `${index} ${long.slice(0, 400)}` }));
      await deliver({ ...CARD, body: [long, `second ${long}`], fields, footer: long }, 'k1');
      const [message, ...others] = await stage.shown();
      expect(others).toEqual([]);
      expect(message?.text).toContain(CARD.title);
      expect(message?.text).toContain('…');
      expect(message?.text).not.toMatch(/\p{Surrogate}/u);
      expect(message?.buttons).toEqual(buttonsHere());
    });

    it('cuts a title of 20 kB, which is never lost whole', async () => {
      await deliver({ ...CARD, title: `shop is down ${'x'.repeat(20_000)}` }, 'k1');
      expect((await stage.shown())[0]?.text).toContain('shop is down xxx');
    });

    it('keeps every limit of the platform for any card: the double refuses what is beyond one', async () => {
      let n = 0;
      await fc.assert(fc.asyncProperty(anyCard(), anyCard(), async (card, next) => {
        const ref = await deliver(card, `any-${n += 1}`);
        await deliver(next, `any-${n += 1}`, ref);
      }), { numRuns: ANY_CARDS });
    }, 60_000);

    it('says a call beside the card that stands, as data and once', async () => {
      const ref = await deliver(CARD, 'k1');
      await stage.channel.call?.({ text: `shop: may I? ${HOSTILE[0]} ${HOSTILE[2]}`, people: [] }, ref, false, 'k');
      const [card, called, ...others] = await stage.shown();
      expect(others).toEqual([]);
      expect(card?.text).toContain(CARD.title);
      expect(called).toEqual({ text: `shop: may I? ${HOSTILE[0]} ${HOSTILE[2]}`, buttons: [] });
    });

    it('calls a broken connection transient, and the next try posts once', async () => {
      stage.breakOnce('network');
      const thrown = await failure(CARD, 'k1');
      expect(thrown).toBeInstanceOf(HypercareError);
      expect((thrown as HypercareError).errorClass).toBe('transient');
      await deliver(CARD, 'k1');
      expect(await stage.shown()).toHaveLength(1);
    });

    it('hands the wait the platform asks for to its caller', async ({ skip }) => {
      if (stage.neverWaits === true) skip('its platform never asks to wait');
      stage.breakOnce('rateLimit');
      const thrown = await failure(CARD, 'k1');
      expect(thrown).toBeInstanceOf(DeliveryDelay);
      expect((thrown as DeliveryDelay).retryAfterMs).toBeGreaterThan(0);
      await deliver(CARD, 'k1');
      expect(await stage.shown()).toHaveLength(1);
    });

    it('calls a place that is gone permanent, and says what to do', async () => {
      stage.breakOnce('gone');
      const thrown = await failure(CARD, 'k1');
      expect(thrown).toBeInstanceOf(HypercareError);
      expect((thrown as HypercareError).errorClass).not.toBe('transient');
      expect((thrown as HypercareError).mend).toBeTruthy();
    });

    it('leaks no secret in an error, its causes or the log', async () => {
      const ref = await deliver(CARD, 'k1');
      // What says the same again need not be sent.
      const speaking = [() => failure({ ...CARD, level: 'good', title: 'shop: checkout works again' }, 'k2', ref), () => stage.channel.call?.({ text: 'shop: may I?', people: [] }, ref, false, 'k').catch((thrown: unknown) => thrown)];
      for (const [speak, fault] of speaking.flatMap((one) => (['network', 'rateLimit', 'gone'] as const).map((fault) => [one, fault] as const))) {
        stage.breakOnce(fault);
        const thrown = await speak();
        const seen = `${inspect(thrown, { depth: 20, showHidden: true })}\n${JSON.stringify(thrown)}\n${stage.logs()}`;
        for (const secret of stage.secrets) expect(seen).not.toContain(secret);
      }
    });
  });
}
