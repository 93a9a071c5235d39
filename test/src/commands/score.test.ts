import { describe, expect, it } from 'vitest';
import { drawPlain } from '../../../src/cards/plain.js';
import { monitorSeen } from '../../../src/store/hosts.js';
import { broken, launched, watchShop } from './stage.js';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest((one) => one.store.write((tx) => monitorSeen(tx, one.hostId, one.now)));
const say = sayOn(stage, 'Vera');
const drawn = async (line: string): Promise<string> => `\n${drawPlain((await say(line)).card, { width: 80, color: false })}\n`;

describe('score', () => {
  it('tells what takes the points, the parts, how sure it is, and what was found', async () => {
    await watchShop(stage);
    await launched(stage);
    await broken(stage);
    const { exit, data } = await say('score');
    expect([exit, data['score'], data['band']]).toEqual([1, 60, 'poor']);
    expect(await drawn('score')).toMatchInlineSnapshot(`
      "
      ✗ CRITICAL  health 60 of 100, poor
        −40 shop: /checkout: status 500, 3 checks in a row over 20 s

        compute 100 · network 60 · storage not watched · database not watched ·
        security not watched

        Confidence: low (few samples: what runs of shop began 0 ms ago).

        24h: 1 found
        7d: 1 found
        30d: 1 found

        above 90 is good, from 70 on fair, below that poor; what is not watched has no
        score
      "
    `);
  });

  it('of one app is that of the app alone', async () => {
    await watchShop(stage);
    await broken(stage);
    expect((await say('score shop')).data['score']).toBe(60);
    expect([(await say('score blog')).exit, (await say('score blog')).data['score']]).toEqual([3, null]);
  });

  it('of what was never measured is not known, and no 100', async () => {
    expect(await drawn('score')).toMatchInlineSnapshot(`
      "
      ! WARNING  health is not known: nothing has been measured lately
        compute not watched · network not watched · storage not watched · database not
        watched · security not watched

        Confidence: none.

        above 90 is good, from 70 on fair, below that poor; what is not watched has no
        score
      "
    `);
  });
});
