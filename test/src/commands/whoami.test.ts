import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../../src/commands/command.js';
import { runWords } from '../../../src/commands/run-words.js';
import { splitWords } from '../../../src/commands/split-words.js';
import { whoami } from '../../../src/commands/whoami.js';
import { commandContract } from '../../contracts/command.js';
import { openStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(async () => {
  await stage.close();
});

const say = async (line: string, who: string | null = 'Ann', change = {}): Promise<Result> => runWords(splitWords(line), await stage.as(who, change));

commandContract(whoami);

describe('whoami', () => {
  it('says who one is', async () => {
    expect(await say('whoami')).toMatchObject({ data: { name: 'Ann', role: 'approver', via: 'terminal', userId: 'ann' }, card: { title: 'you are Ann, approver' } });
    expect(await say('whoami', null)).toMatchObject({ data: { name: null, role: null, userId: 'U0NOBODY' } });
    expect(await say('whoami', null, { via: 'terminal', userId: 'root' })).toMatchObject({ data: { name: null, role: 'viewer' } });
  });
});
