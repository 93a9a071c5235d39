import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel, Ref } from '../../../bot/channels/channel.js';
import { teams, teamsKind } from '../../../bot/channels/teams.js';
import type { About, Card } from '../../../src/cards/card.js';
import { systemClock } from '../../../src/io/clock.js';
import { createHttp } from '../../../src/io/http.js';
import { channelContract } from '../../contracts/channel.js';
import { httpChannelContract } from '../../contracts/http-channel.js';
import { SIGNATURE, TeamsDouble } from '../../doubles/teams.js';
import { card, keepLog } from './slack/stage.js';

interface Stage {
  readonly double: TeamsDouble;
  readonly channel: Channel;
  logs(): string;
  stop(): Promise<void>;
}

async function openStage(): Promise<Stage> {
  const double = await TeamsDouble.start();
  const http = createHttp();
  const { log, logs } = keepLog();
  const channel = teamsKind(() => ({ http, clock: systemClock, timeoutMs: 1_000 })).create(teams.options.parse({}), { TEAMS_WORKFLOW_URL: double.url }, log);
  if (channel === null) throw new Error('the channel was not made');
  return {
    double, channel, logs,
    async stop() {
      await double.place.close();
      await http.close();
    },
  };
}

channelContract('teams', async () => {
  const { double, channel, logs, stop } = await openStage();
  return {
    channel,
    shown: async () => double.shown(),
    secrets: [SIGNATURE],
    breakOnce: (kind) => double.place.breakOnce(kind === 'network' ? 'destroy' : kind === 'rateLimit' ? { status: 429, headers: { 'retry-after': '10' } } : { status: 404 }),
    logs,
    stop,
  };
});

httpChannelContract('teams', async () => {
  const { double, channel, stop } = await openStage();
  return { channel, place: double.place, secrets: [SIGNATURE], stop };
});

describe('what is posted in Teams', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.stop());

  const ABOUT: About = { kind: 'incident', state: 'open', resource: 'shop', apps: ['shop'], asked: null };
  const OPEN = card('shop is down', { body: ['Since 12:03 UTC.\nAlso: cart is slow'], fields: [{ name: 'Began', value: '12:03' }], footer: 'incident k2m9qx', about: ABOUT });
  const tell = async (...versions: readonly Card[]): Promise<Ref | undefined> => {
    let ref: Ref | undefined;
    for (const [index, version] of versions.entries()) ref = JSON.parse(JSON.stringify(await stage.channel.deliver(version, `e${index}`, ref))) as Ref;
    return ref;
  };

  it('is the card line by line, and again only where there is news', async () => {
    await tell(OPEN, { ...OPEN, body: ['At 12:05: 9 of 10 fail.'] }, card('shop is good again', { level: 'good', about: { ...ABOUT, state: 'resolved' } }));
    expect(stage.double.shown().map(({ text }) => text)).toEqual(['Critical: shop is down\nSince 12:03 UTC.\nAlso: cart is slow\nBegan: 12:03\nincident k2m9qx', 'Good: shop is good again']);
  });

  it('is a call where nothing was posted just now', async () => {
    const ref = (await tell(OPEN)) as Ref;
    await stage.channel.call?.({ text: 'shop needs you', people: [] }, ref, true, 'e1');
    await stage.channel.call?.({ text: 'shop still needs you', people: [] }, ref, false, 'e2');
    expect(stage.double.shown().map(({ text }) => text).slice(1)).toEqual(['shop still needs you']);
  });

  it('is cut to a number of lines that a person reads', async () => {
    await tell(card('x', { body: [Array.from({ length: 500 }, (_, index) => `line ${index}`).join('\n')] }));
    expect(stage.double.shown()[0]?.text).toMatch(/… 441 more lines$/);
  });

  it.each(['http://prod.westeurope.logic.azure.com/very-secret', 'very-secret'])('is refused where the address is none, and not repeated: %s', (url) => {
    let thrown: unknown;
    try {
      teams.create({ level: 'info' }, { TEAMS_WORKFLOW_URL: url }, keepLog().log);
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).toMatchObject({ errorClass: 'invalid', mend: expect.stringContaining('https://') as string });
    expect(inspect(thrown)).not.toContain('very-secret');
  });
});
