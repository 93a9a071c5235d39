import { describe, expect, it } from 'vitest';
import { freeze } from '../../../src/commands/freeze.js';
import { commandContract } from '../../contracts/command.js';
import { keepHolds } from './keep-holds.js';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest(keepHolds);
const say = sayOn(stage);

commandContract(freeze);

describe('freeze', () => {
  it('holds an app for a while, or everything until it is lifted, with who and why', async () => {
    const { data, exit } = await say('freeze shop --for 2h --reason "deploying by hand"', 'Otto');
    expect(exit).toBe(0);
    expect(data['hold']).toMatchObject({ kind: 'freeze', scope: 'shop', author: 'Otto', reason: 'deploying by hand', until: new Date(stage.now + 2 * 3_600_000).toISOString() });
    expect((await say('freeze --reason "we look ourselves"')).data['hold']).toMatchObject({ scope: '*', until: null });
  });

  it('is not for viewers, needs a reason and a time that is one, and knows the app', async () => {
    await expect(say('freeze --reason x', 'Vera')).rejects.toMatchObject({ code: 'denied.role' });
    for (const line of ['freeze', 'freeze shop', 'freeze shop --reason x --for soon', 'freeze shop --reason x --for 90d']) await expect(say(line)).rejects.toMatchObject({ code: 'usage' });
    await expect(say('freeze shpo --reason x')).rejects.toMatchObject({ code: 'app.unknown' });
  });

  it('without a monitor says how it is done all the same', async () => {
    stage.meanwhile = async () => undefined;
    await expect(say('freeze --reason x')).rejects.toMatchObject({ code: 'monitor.down', mend: expect.stringContaining('--offline') as unknown });
  });
});
