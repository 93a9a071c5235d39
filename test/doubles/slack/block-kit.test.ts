import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SlackDouble } from '../slack.js';
import { actions, answerOf, button, clientOf, text } from './asking.js';
import { LIMITS } from './block-kit.js';

let double: SlackDouble;
beforeEach(async () => {
  double = await SlackDouble.start();
});
afterEach(() => double.stop());

describe('limits (1.6)', () => {
  it.each([
    ['blocks', Array.from({ length: LIMITS.blocks }, () => ({ type: 'divider' })), Array.from({ length: LIMITS.blocks + 1 }, () => ({ type: 'divider' }))],
    ['a header', [{ type: 'header', text: text(150) }], [{ type: 'header', text: text(151) }]],
    ['a header in mrkdwn', [{ type: 'header', text: text(1) }], [{ type: 'header', text: text(1, 'mrkdwn') }]],
    ['a section', [{ type: 'section', text: text(3000) }], [{ type: 'section', text: text(3001) }]],
    ['an empty text', [{ type: 'section', text: text(1) }], [{ type: 'section', text: text(0) }]],
    ['a section of nothing', [{ type: 'section', fields: [text(1)] }], [{ type: 'section' }]],
    ['fields', [{ type: 'section', fields: Array.from({ length: 10 }, () => text(1)) }], [{ type: 'section', fields: Array.from({ length: 11 }, () => text(1)) }]],
    ['a field', [{ type: 'section', fields: [text(2000)] }], [{ type: 'section', fields: [text(2001)] }]],
    ['context', [{ type: 'context', elements: Array.from({ length: 10 }, () => text(1)) }], [{ type: 'context', elements: Array.from({ length: 11 }, () => text(1)) }]],
    ['actions', [actions(...Array.from({ length: 25 }, (_, index) => button({ action_id: `a${index}` })))], [actions(...Array.from({ length: 26 }, (_, index) => button({ action_id: `a${index}` })))]],
    ['no action at all', [actions(button())], [actions()]],
    ['equal action ids', [actions(button(), button({ action_id: 'b' }))], [actions(button(), button())]],
    ['an action id', [actions(button({ action_id: 'a'.repeat(255) }))], [actions(button({ action_id: 'a'.repeat(256) }))]],
    ['a label', [actions(button({ text: text(75) }))], [actions(button({ text: text(76) }))]],
    ['a label in mrkdwn', [actions(button())], [actions(button({ text: text(3, 'mrkdwn') }))]],
    ['a value', [actions(button({ value: 'v'.repeat(2000) }))], [actions(button({ value: 'v'.repeat(2001) }))]],
    ['a style', [actions(button({ style: 'danger' }))], [actions(button({ style: 'plain' }))]],
    ['a dialog\'s title', [actions(button({ confirm: { title: text(100), text: text(1) } }))], [actions(button({ confirm: { title: text(101), text: text(1) } }))]],
    ['a dialog\'s text', [actions(button({ confirm: { text: text(300) } }))], [actions(button({ confirm: { text: text(301) } }))]],
    ['a dialog\'s answers', [actions(button({ confirm: { text: text(1), confirm: text(30), deny: text(30) } }))], [actions(button({ confirm: { text: text(1), deny: text(31) } }))]],
    ['a block id', [{ type: 'divider', block_id: 'b'.repeat(255) }], [{ type: 'divider', block_id: 'b'.repeat(256) }]],
    ['an unknown block', [{ type: 'divider' }], [{ type: 'marquee' }]],
  ])('%s', async (_, fits, doesNot) => {
    const post = (blocks: readonly unknown[]): Promise<string> => answerOf(clientOf(double).chat.postMessage({ channel: double.channel, text: 'x', blocks: blocks as never }));
    expect([await post(fits), await post(doesNot)]).toEqual(['ok', 'invalid_blocks']);
    const beside = answerOf(clientOf(double).chat.postMessage({ channel: double.channel, text: 'x', attachments: [{ fallback: 'f', blocks: doesNot as never }] }));
    expect(await beside).toBe('invalid_blocks');
  });

  it('of all texts together', async () => {
    const post = (count: number): Promise<string> => answerOf(clientOf(double).chat.postMessage({ channel: double.channel, text: 'x', blocks: Array.from({ length: count }, () => ({ type: 'section', text: text(2_900) })) as never }));
    expect([await post(4), await post(5)]).toEqual(['ok', 'msg_blocks_too_long']);
  });
});
