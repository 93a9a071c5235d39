import { describe, expect, it } from 'vitest';
import { silence } from '../../../src/commands/silence.js';
import { commandContract } from '../../contracts/command.js';
import { keepHolds } from './keep-holds.js';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest(keepHolds);
const say = sayOn(stage);

commandContract(silence);

describe('silence', () => {
  it('is for an hour where nothing else is said, and can be ended', async () => {
    expect((await say('silence shop --reason "we know"', 'Otto')).data['hold']).toMatchObject({ kind: 'silence', scope: 'shop', author: 'Otto', until: new Date(stage.now + 3_600_000).toISOString() });
    expect((await say('silence shop --end', 'Otto')).card.title).toBe('shop: people are called again');
    await expect(say('silence shop --end', 'Otto')).rejects.toMatchObject({ code: 'hold.none' });
  });

  it('needs a reason, and is not for viewers', async () => {
    await expect(say('silence shop')).rejects.toMatchObject({ code: 'usage' });
    await expect(say('silence shop --reason x', 'Vera')).rejects.toMatchObject({ code: 'denied.role' });
  });
});
