import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draw } from '../../../../bot/channels/slack/draw.js';
import type { Card } from '../../../../src/cards/card.js';
import { checkBlocks, type Attachment, type Block } from '../../../doubles/slack/block-kit.js';
import { liveParts, readAloud } from '../../../doubles/slack/reading.js';
import { BUTTONS, card } from './stage.js';

function seen(drawn: Card): { readonly text: string; readonly buttons: readonly string[] } {
  return readAloud(shape(drawn));
}

function shape(drawn: Card): { readonly text: string; readonly blocks: readonly Block[]; readonly attachments: readonly Attachment[] } {
  const { text, blocks, attachments } = draw(drawn);
  return { text, blocks: blocks as readonly Block[], attachments: attachments as readonly Attachment[] };
}

describe('a card as Slack shows it', () => {
  it('reads as a person would write it', () => {
    const drawn = card('shop: checkout fails for 40 % of requests', {
      body: ['Since 12:03 UTC, right after release 4f2a91c.', 'Before it: 0.1 %.'],
      fields: [
        { name: 'App', value: 'shop' },
        { name: 'Release', value: '4f2a91c' },
      ],
      buttons: BUTTONS,
      footer: 'host vm-1',
    });
    expect(seen(drawn)).toMatchInlineSnapshot(`
      {
        "buttons": [
          "Roll back",
          "Not now",
        ],
        "text": "🔴 Critical: shop: checkout fails for 40 % of requests
      Since 12:03 UTC, right after release 4f2a91c.
      Before it: 0.1 %.
      App
      shop
      Release
      4f2a91c
      host vm-1",
      }
    `);
  });

  it.each(['good', 'info', 'warning', 'critical'] as const)('says %s by a word and a symbol, beside a colour of its own', (level) => {
    const { blocks, attachments } = draw(card('shop', { level, footer: 'vm-1' }));
    expect(JSON.stringify(blocks[0])).toMatch(new RegExp(`"\\S+ ${level[0]?.toUpperCase()}${level.slice(1)}: shop"`));
    expect(attachments[0]?.color).toMatch(/^#[0-9a-f]{6}$/);
  });

  it('puts the meaning into the first hundred characters of a notification', () => {
    expect(draw(card('shop: checkout fails', { body: ['x'.repeat(3_000)] })).text.slice(0, 100)).toContain('🔴 Critical: shop: checkout fails');
  });

  it('keeps buttons and paragraphs out of what Slack may fold', () => {
    const { attachments } = draw(card('shop', { body: ['why'], buttons: BUTTONS, fields: [{ name: 'App', value: 'shop' }] }));
    expect(attachments.flatMap(({ blocks }) => (blocks ?? []).map(({ type }) => type))).toEqual(['section']);
  });

  it('says that nothing stands beside it, so that an edit takes away what stood there', () => {
    expect(draw(card('shop')).attachments).toEqual([]);
  });

  it('shows at most three buttons, each with its token and a confirmation where there is one', () => {
    const five = Array.from({ length: 5 }, (_, index) => ({ label: `b${index}`, style: 'primary' as const, token: `t${index}`, confirm: null }));
    expect(seen(card('x', { buttons: five })).buttons).toEqual(['b0', 'b1', 'b2']);
    expect(JSON.stringify(draw(card('x', { buttons: BUTTONS })).blocks)).toContain('"confirm":{"title":{"type":"plain_text","text":"Roll back shop?"');
  });

  it('keeps a title that is too long for its line as the first paragraph', () => {
    const title = `shop is down: ${'because '.repeat(40)}and that is all`;
    expect(seen(card(title)).text).toContain('and that is all');
  });

  it('says how many fields are missing', () => {
    const fields = Array.from({ length: 25 }, (_, index) => ({ name: `name ${index}`, value: 'x' }));
    expect(seen(card('x', { fields })).text).toContain('… and 16 more');
  });

  it('leaves out what is empty, which Slack would refuse', () => {
    const drawn = card('x', { body: ['', ' \n', '\u0000'], fields: [{ name: '', value: '' }], footer: ' ', buttons: [{ label: '', style: 'plain', token: 't', confirm: { title: '', text: '', yes: '', no: '' } }] });
    expect(() => checkBlocks(shape(drawn).blocks, shape(drawn).attachments)).not.toThrow();
    expect(draw(drawn).attachments).toEqual([]);
  });

  it('escapes the notification, which Slack parses', () => {
    expect(draw(card('a < b && <!channel>')).text).toBe('🔴 Critical: a &lt; b &amp;&amp; &lt;!channel&gt;');
  });

  it('stays within every limit and comes alive nowhere, whatever it is given', () => {
    const text = fc.oneof(fc.string({ maxLength: 6_000, unit: 'grapheme' }), fc.constantFrom('<!channel>', '🚨'.repeat(9_000), '```', '*_~`<@U1>&', '\ud83d', '\u202e', ''));
    const button = fc.record({ label: text, style: fc.constantFrom('primary' as const, 'danger' as const, 'plain' as const), token: fc.string({ maxLength: 60 }), confirm: fc.option(fc.record({ title: text, text, yes: text, no: text })) });
    const any = fc.record({ subject: fc.constant('s'), level: fc.constantFrom('good' as const, 'info' as const, 'warning' as const, 'critical' as const), title: text, body: fc.array(text, { maxLength: 70 }), fields: fc.array(fc.record({ name: text, value: text }), { maxLength: 30 }), buttons: fc.array(button, { maxLength: 5 }), footer: fc.option(text) });
    fc.assert(
      fc.property(any, (drawn) => {
        const { text: notification, blocks, attachments } = shape(drawn);
        checkBlocks(blocks, attachments);
        expect(notification.length).toBeLessThanOrEqual(4_000);
        expect(liveParts({ text: notification, blocks, attachments }, false)).toEqual([]);
        expect(JSON.stringify(readAloud({ text: notification, blocks, attachments }))).not.toMatch(/\\ud[89a-f]/);
      }),
      { numRuns: 150 },
    );
  });
});
