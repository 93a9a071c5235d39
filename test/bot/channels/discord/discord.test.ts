import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { discord } from '../../../../bot/channels/discord/index.js';
import { readMarkdown } from '../../../doubles/discord.js';
import { escapeTo } from '../../../../bot/channels/discord/escape.js';
import { card, keepLog } from '../slack/stage.js';
import { openStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.stop());

const DOWN = card('shop is down', { body: ['Since 12:03.'], fields: [{ name: 'Release', value: '4f2a91c' }], footer: 'incident k2m9qx' });

describe('a card in Discord', () => {
  it('has its title where a notification shows it, and rings nobody', async () => {
    await stage.channel.deliver(card('@everyone <@123456789012345678> is down'), 'k1', undefined);
    expect(stage.double.rung).toEqual([]);
    expect(stage.double.shown()[0]?.text).toBe('🔴 Critical: @everyone <@123456789012345678> is down');
  });

  it('is edited by the number of its message, mentions forbidden again', async () => {
    const ref = await stage.channel.deliver(DOWN, 'k1', undefined);
    expect(ref).toEqual({ message: expect.stringMatching(/^\d+$/) as string });
    expect(await stage.channel.deliver(card('shop is up, @here', { level: 'good' }), 'k2', ref)).toEqual(ref);
    expect(stage.double.shown()).toEqual([{ text: '🟢 Good: shop is up, @here', buttons: [] }]);
    expect(stage.double.rung).toEqual([]);
  });

  it('is posted anew where somebody deleted it, and not where the webhook is gone', async () => {
    const ref = await stage.channel.deliver(DOWN, 'k1', undefined);
    stage.double.messages.clear();
    await stage.channel.deliver(DOWN, 'k2', ref);
    expect(stage.double.shown()).toHaveLength(1);
    stage.double.stands = false;
    await expect(stage.channel.deliver(DOWN, 'k3', ref)).rejects.toMatchObject({ errorClass: 'permanent', mend: expect.stringContaining('Make a new webhook') as string });
  });

  it('is posted again where the answer to the post was lost: twice is better than never', async () => {
    stage.double.place.breakOnce('lose');
    await expect(stage.channel.deliver(DOWN, 'k1', undefined)).rejects.toMatchObject({ errorClass: 'transient' });
    await stage.channel.deliver(DOWN, 'k1', undefined);
    expect(stage.double.shown()).toHaveLength(2);
  });

  it('is not called by a message of its own where it was posted just now', async () => {
    const ref = await stage.channel.deliver(DOWN, 'k1', undefined);
    await stage.channel.call?.({ text: 'shop needs you', people: [] }, ref, true, 'k1');
    expect(stage.double.shown()).toHaveLength(1);
  });

  it.each(['{"id":5}', '{"id":"../../evil"}', 'null', '<html>', ''])('is not taken as posted where the answer is %s', async (body) => {
    stage.double.place.breakOnce({ status: 200, body });
    await expect(stage.channel.deliver(DOWN, 'k1', undefined)).rejects.toMatchObject({ errorClass: 'transient' });
  });
});

describe('text from outside', () => {
  it.each(['12:03 at http://h/x', '1. one\n- two\n+ three\n# four\n> five', '-# small', 'a_b_c *d* ~~e~~ ||f|| `g` [h](http://i)', ':smile: <t:1> \\', '80 MB an hour.'])('is read as it is: %j', (text) => {
    expect(readMarkdown(escapeTo(text, 1_000))).toBe(text);
  });

  it('is cut between whole characters, never behind a backslash', () => {
    for (let max = 1; max < 12; max += 1) {
      const cut = escapeTo('**🚨🚨**', max);
      expect(cut.length).toBeLessThanOrEqual(max);
      expect(cut).toMatch(max < 12 ? /^(\\\*|🚨)*…$/u : /🚨/);
    }
  });
});

describe('what is written in .env', () => {
  it.each(['https://discord.com/api/webhooks/1', 'https://discord.com/very-secret', 'http://discord.com/api/webhooks/1/very-secret', 'very-secret'])('is refused where it is no webhook’s address, and not repeated: %s', (url) => {
    let thrown: unknown;
    try {
      discord.create({ level: 'info' }, { DISCORD_WEBHOOK_URL: url }, keepLog().log);
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).toMatchObject({ errorClass: 'invalid', mend: expect.stringContaining('https://discord.com/api/webhooks/') as string });
    expect(inspect(thrown)).not.toContain('very-secret');
  });
});
