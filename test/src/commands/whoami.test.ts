import { describe, expect, it } from 'vitest';
import { whoami } from '../../../src/commands/whoami.js';
import { commandContract } from '../../contracts/command.js';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest();
const say = sayOn(stage);

commandContract(whoami);

describe('whoami', () => {
  it('says who one is', async () => {
    expect(await say('whoami')).toMatchObject({ data: { name: 'Ann', role: 'approver', via: 'terminal', userId: 'ann' }, card: { title: 'you are Ann, approver' } });
    expect(await say('whoami', null)).toMatchObject({ data: { name: null, role: null, userId: 'U0NOBODY' } });
    expect(await say('whoami', null, { via: 'terminal', userId: 'root' })).toMatchObject({ data: { name: null, role: 'viewer' } });
  });
});
