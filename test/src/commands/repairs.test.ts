import { describe, expect, it } from 'vitest';
import { repairs } from '../../../src/commands/repairs.js';
import { commandContract } from '../../contracts/command.js';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest();
const say = sayOn(stage);

commandContract(repairs);

describe('repairs', () => {
  it('lists the repairs', async () => {
    expect((await say('repairs')).data['repairs']).toEqual([
      { kind: 'pm2.reload', target: 'app', summary: 'reloads the app without downtime', refuses: 'fork mode', risk: 'safe', takes: ['[process=…]'] },
      { kind: 'release.rollback', target: 'app', summary: 'goes back to the last stable release', refuses: 'no stable release', risk: 'disruptive', takes: [] },
    ]);
    expect((await say('repairs')).card?.fields.map(({ value }) => value)).toEqual(['reloads the app without downtime (safe); refuses fork mode; --with [process=…]', 'goes back to the last stable release (disruptive); refuses no stable release']);
    await expect(say('repairs', 'Vera', { repairs: async () => null })).rejects.toMatchObject({ code: 'denied.place' });
  });
});
