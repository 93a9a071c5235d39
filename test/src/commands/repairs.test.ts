import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../../src/commands/command.js';
import { runWords } from '../../../src/commands/run-words.js';
import { splitWords } from '../../../src/commands/split-words.js';
import { repairs } from '../../../src/commands/repairs.js';
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

commandContract(repairs);

describe('repairs', () => {
  it('lists the repairs', async () => {
    expect((await say('repairs')).data['repairs']).toEqual([
      { kind: 'pm2.reload', summary: 'reloads the app without downtime', risk: 'safe' },
      { kind: 'release.rollback', summary: 'goes back to the last stable release', risk: 'disruptive' },
    ]);
    await expect(say('repairs', 'Vera', { repairs: async () => null })).rejects.toMatchObject({ code: 'denied.place' });
  });
});
