import { describe, expect, it } from 'vitest';
import { unfreeze } from '../../../src/commands/unfreeze.js';
import { beginHold, openHolds } from '../../../src/store/holds.js';
import { commandContract } from '../../contracts/command.js';
import { keepHolds } from './keep-holds.js';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest(keepHolds);
const say = sayOn(stage);

commandContract(unfreeze);

describe('unfreeze', () => {
  it('lifts what holds one app, or everything, and says what is left', async () => {
    await say('freeze shop --reason one');
    await say('freeze --reason two');
    const one = await say('unfreeze shop');
    expect([one.exit, one.card.title]).toEqual([0, 'lifted; one hold was not, and is left']);
    expect(one.card.body).toEqual([expect.stringMatching(/^Frozen: everything, by Ann since .*, until it is lifted: two$/)]);
    const all = await say('unfreeze');
    expect([all.exit, all.card.title]).toEqual([0, 'nothing is held any more: hypercare acts as its policy says']);
  });

  it('lifts a storm too: people know better', async () => {
    await stage.store.write((tx) => beginHold(tx, stage.hostId, { kind: 'storm', scope: '*', author: 'hypercare', reason: '3 of 5 apps fell sick at once (a, b, c)', until: null, key: 'storm:apps' }, 1));
    expect((await say('unfreeze')).exit).toBe(0);
    expect(await openHolds(stage.store.db, stage.hostId)).toEqual([]);
  });

  it('is for approvers: whoever may stop it may not start it again', async () => {
    await say('freeze --reason x', 'Otto');
    await expect(say('unfreeze', 'Otto')).rejects.toMatchObject({ code: 'denied.role' });
  });

  it('says where there is nothing to lift, and where more than the app is held', async () => {
    await expect(say('unfreeze')).rejects.toMatchObject({ code: 'hold.none' });
    await say('freeze --reason x');
    await expect(say('unfreeze shop')).rejects.toMatchObject({ code: 'hold.wider', mend: expect.stringContaining('without an app') as unknown });
  });
});
