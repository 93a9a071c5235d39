import { describe, expect, it, vi } from 'vitest';
import { consoleChannel, consoleKind } from '../../../bot/channels/console.js';
import { routed } from '../../../bot/channels/route.js';
import type { Card } from '../../../src/cards/card.js';
import type { Logger } from '../../../src/io/log.js';

const CARD: Card = { subject: 'incident-1', level: 'warning', title: 'cart: memory grows', body: ['80 MB an hour.'], fields: [], buttons: [], footer: null };
const LOG: Logger = { info: () => {}, warn: () => {}, error: () => {}, child: () => LOG };

function stage(write: (text: string) => void) {
  const kind = consoleKind(write);
  const channel = kind.create(kind.options.parse({}), {}, LOG);
  if (channel === null) throw new Error('the console needs no tokens');
  return channel;
}

describe('the console channel', () => {
  it('writes a card as lines that end in a newline', async () => {
    const written: string[] = [];
    await stage((text) => written.push(text)).deliver(CARD, 'k1', undefined);
    expect(written).toEqual(['! WARNING  cart: memory grows\n  80 MB an hour.\n']);
  });

  it('writes an edited card anew', async () => {
    const written: string[] = [];
    const channel = stage((text) => written.push(text));
    const ref = await channel.deliver(CARD, 'k1', undefined);
    await channel.deliver({ ...CARD, level: 'good', title: 'cart: memory is steady' }, 'k2', ref);
    expect(written.map((text) => text.split('\n')[0])).toEqual(['! WARNING  cart: memory grows', '✓ GOOD  cart: memory is steady']);
  });

  it('says that people are called where its card has nothing new to say', async () => {
    const written: string[] = [];
    const channel = stage((text) => written.push(text));
    const call = { text: 'cart: may I reload it? Nobody has decided yet. Expires in 5 min.\nmore', people: [] };
    const first = await channel.deliver(CARD, 'k1', undefined);
    await channel.call?.(call, first, true, 'k');
    expect(written.splice(0)).toHaveLength(1);
    await channel.call?.(call, await channel.deliver(CARD, 'k2', first), false, 'k');
    expect(written).toEqual(['→ cart: may I reload it? Nobody has decided yet. Expires in 5 min.\n']);
  });

  it('writes a card again only as far as something is new in it, and once a minute that it stands', async () => {
    const written: string[] = [];
    let now = 1_000_000;
    const channel = consoleKind((text) => written.push(text), { now: () => now }).create({ level: 'info' }, {}, LOG);
    const loop: Card = { ...CARD, title: 'blog: crash loop', body: ['At 04:12:03: 3 restarts in 9 s.\nAlso: blog is stopped'] };
    let ref = await channel?.deliver(loop, 'k1', undefined);
    const say = async (card: Card, afterMs: number): Promise<readonly string[]> => {
      now += afterMs;
      ref = await channel?.deliver(card, 'k', ref);
      return written.splice(0);
    };
    written.splice(0);
    // The same with other figures, as often as it may come.
    const later = { ...loop, body: ['At 04:12:09: 5 restarts in 15 s.\nAlso: blog is stopped'] };
    expect(await say(later, 6_000)).toEqual([]);
    expect(await say(later, 6_000)).toEqual([]);
    expect(await say(later, 50_000)).toEqual(['… still: blog: crash loop, 3 updates more\n']);
    expect(await say(later, 1_000)).toEqual([]);
    // Another title is news once; that it flips back is none.
    expect(await say({ ...later, title: 'blog: blog is stopped' }, 1_000)).toEqual(['! WARNING  blog: blog is stopped\n']);
    expect(await say(later, 1_000)).toEqual([]);
    expect(await say({ ...later, title: 'blog: blog is stopped' }, 1_000)).toEqual([]);
    // A decision is told without the rest.
    const decided = { ...later, body: [...later.body, 'pm2.restart has begun.'] };
    expect(await say(decided, 1_000)).toEqual(['! WARNING  blog: crash loop\n  pm2.restart has begun.\n']);
    // A question and the end are the whole card.
    const asking = { ...decided, buttons: [{ label: 'Roll back', style: 'danger', token: 't', confirm: null }] } as const satisfies Card;
    expect(await say(asking, 1_000)).toEqual([expect.stringContaining('5 restarts in 15 s.')]);
    expect(await say({ ...decided, level: 'good' }, 1_000)).toEqual([expect.stringMatching(/^✓ GOOD {2}blog: crash loop\n.*5 restarts/)]);
  });

  it('writes a card whole of which an older version of this program wrote', async () => {
    const written: string[] = [];
    await stage((text) => written.push(text)).deliver(CARD, 'k1', { written: 'incident-1' });
    expect(written).toHaveLength(1);
  });

  it('writes nothing below its level, but follows what it wrote to its end', async () => {
    const written: string[] = [];
    const channel = routed(stage((text) => written.push(text)), { level: 'critical' });
    expect(await channel.deliver(CARD, 'k1', undefined)).toBeNull();
    expect(await channel.deliver(CARD, 'k1', null)).toBeNull();
    expect(written).toEqual([]);
    const ref = await channel.deliver({ ...CARD, level: 'critical' }, 'k2', undefined);
    await channel.deliver({ ...CARD, level: 'good' }, 'k3', ref);
    expect(written).toHaveLength(2);
  });

  it('keeps to 80 columns and 60 lines', async () => {
    let written = '';
    await stage((text) => (written = text)).deliver({ ...CARD, body: ['word '.repeat(5_000)] }, 'k1', undefined);
    const lines = written.trimEnd().split('\n');
    expect(lines).toHaveLength(60);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.at(-1)).toMatch(/^ {2}… \d+ more lines$/);
  });

  it('calls a failed write transient', async () => {
    const channel = stage(() => {
      throw new Error('EPIPE');
    });
    await expect(channel.deliver(CARD, 'k1', undefined)).rejects.toMatchObject({ code: 'console.write', errorClass: 'transient' });
  });

  it('only speaks', () => expect(stage(() => {}).start).toBeUndefined());

  it('speaks to standard output unless told otherwise', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await consoleChannel.create({ level: 'info' }, {}, LOG)?.deliver(CARD, 'k1', undefined);
      expect(write).toHaveBeenCalledWith(expect.stringContaining('cart: memory grows'));
    } finally {
      write.mockRestore();
    }
  });

  it('refuses options it does not know, and levels that are none', () => {
    expect(consoleChannel.options.safeParse({ colour: true }).success).toBe(false);
    expect(consoleChannel.options.safeParse({ level: 'good' }).success).toBe(false);
    expect(consoleChannel.options.parse({})).toEqual({ level: 'info' });
  });
});
