import { describe, expect, it } from 'vitest';
import { history } from '../../../src/commands/history.js';
import { endLaunch } from '../../../src/store/launches.js';
import { openIncident, resolveIncident } from '../../../src/store/incidents.js';
import { commandContract } from '../../contracts/command.js';
import { launched } from './stage.js';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest();
const say = sayOn(stage, 'Vera');
const HOUR = 3_600_000;

commandContract(history);

/** A launch that passed its watch, one that was rolled back for something wrong, and the one that runs. */
async function threeLaunches(): Promise<void> {
  const first = await launched(stage, '1111111');
  stage.now += 72 * HOUR;
  await stage.store.write((tx) => endLaunch(tx, first.id, 'stable', stage.now));
  const second = await launched(stage, '2222222');
  stage.now += HOUR;
  await stage.store.write(async (tx) => {
    const { id } = await openIncident(tx, { resourceId: stage.shop, launchId: second.id, kind: 'hang', severity: 'critical', emergency: false, title: 'hangs' }, stage.now);
    await resolveIncident(tx, id, 'it was rolled back', stage.now + 1);
    await endLaunch(tx, second.id, 'rolled_back', stage.now);
  });
  await launched(stage, '3333333');
  stage.now += HOUR;
}

describe('history', () => {
  it('tells what went live, how it went and what was wrong, the newest first', async () => {
    await threeLaunches();
    const { card, data, exit } = await say('history shop');
    expect(exit).toBe(0);
    expect(card.title).toBe('shop: the last 3 launches, the newest first');
    expect(card.body.map((line) => line.replace(/\(\w{6}\)/, '(‹id›)'))).toMatchInlineSnapshot(`
      [
        "04:12 UTC: release 3333333 is watched, for 1 h so far
        nothing was wrong",
        "03:12 UTC: release 2222222 was rolled back, after 1 h
        hangs (‹id›)",
        "21 Nov 03:12 UTC: release 1111111 passed its watch, after 3 d
        nothing was wrong",
      ]
    `);
    expect(data['launches']).toMatchObject([{ release: '3333333', state: 'watching', endedAt: null }, { release: '2222222', incidents: [{ title: 'hangs', state: 'resolved' }] }, { release: '1111111', state: 'stable' }]);
  });

  it('ends where it is told to', async () => {
    await threeLaunches();
    expect((await say('history shop --limit 1')).data['launches']).toHaveLength(1);
    await expect(say('history shop --limit 0')).rejects.toMatchObject({ code: 'usage' });
  });

  it('says that there was none', async () => {
    expect((await say('history blog')).card.title).toBe('blog: no launch was seen yet');
  });
});
