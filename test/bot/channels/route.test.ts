import { describe, expect, it } from 'vitest';
import type { Channel } from '../../../bot/channels/channel.js';
import { routed, routeOf, sayRoute, takes } from '../../../bot/channels/route.js';
import type { About, Card } from '../../../src/cards/card.js';
import { BUTTONS, card } from './slack/stage.js';

const about = (...apps: readonly string[]): About => ({ kind: 'incident', state: 'open', resource: apps[0] ?? null, apps, asked: null });

describe('a route', () => {
  it.each<[string, unknown, Partial<Card>, boolean]>([
    ['takes all without keys', {}, { level: 'info' }, true],
    ['takes a recovery like what informs', { level: 'info' }, { level: 'good' }, true],
    ['leaves out what is below its level', { level: 'warning' }, { level: 'info' }, false],
    ['leaves out a recovery of which nothing stands', { level: 'warning' }, { level: 'good' }, false],
    ['takes what is at its level', { level: 'warning' }, { level: 'warning' }, true],
    ['takes a question at any level', { level: 'critical' }, { level: 'info', buttons: BUTTONS }, true],
    ['takes an app that it names', { apps: ['shop'] }, { about: about('shop') }, true],
    ['takes an app that a pattern names', { apps: ['blog-*'] }, { about: about('blog-1') }, true],
    ['leaves out every other app', { apps: ['shop', 'blog-*'] }, { about: about('cart') }, false],
    ['leaves out another app’s question', { apps: ['shop'] }, { about: about('cart'), buttons: BUTTONS }, false],
    ['takes what is about the host or a server', { apps: ['shop'] }, { about: about() }, true],
    ['takes what is about nothing in particular', { apps: ['shop'] }, {}, true],
    ['takes a hold that covers one of its apps', { apps: ['blog-1'] }, { about: about('blog-*') }, true],
    ['needs both, level and app', { level: 'critical', apps: ['shop'] }, { level: 'warning', about: about('shop') }, false],
  ])('%s', (_what, options, differs, expected) => {
    expect(takes(routeOf(options), card('x', differs))).toBe(expected);
  });

  it('follows what was posted once to its end', async () => {
    const told: string[] = [];
    const channel: Channel = { name: 'x', deliver: async (one) => (told.push(one.title), { at: 1 }) };
    const narrow = routed(channel, routeOf({ level: 'critical' }));
    expect(await narrow.deliver(card('slow', { level: 'warning' }), 'k1', undefined)).toBeNull();
    expect(await narrow.deliver(card('slow', { level: 'warning' }), 'k2', null)).toBeNull();
    const ref = await narrow.deliver(card('down'), 'k3', undefined);
    await narrow.deliver(card('well', { level: 'good' }), 'k4', ref);
    expect(told).toEqual(['down', 'well']);
  });

  it.each([
    [{}, 'everything'],
    [{ level: 'warning' }, 'warnings, what is critical, and what asks'],
    [{ level: 'critical', apps: ['shop'] }, 'what is critical, and what asks, of shop and of the host'],
    [{ apps: ['shop', 'cart', 'blog-*'] }, 'everything, of shop, cart and blog-* and of the host'],
  ])('of %j is said as: %s', (options, says) => {
    expect(sayRoute(routeOf(options))).toBe(says);
  });
});
