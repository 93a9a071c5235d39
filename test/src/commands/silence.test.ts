import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../../src/commands/command.js';
import { runWords } from '../../../src/commands/run-words.js';
import { splitWords } from '../../../src/commands/split-words.js';
import { silence } from '../../../src/commands/silence.js';
import { commandContract } from '../../contracts/command.js';
import { keepHolds } from './keep-holds.js';
import { openStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
  keepHolds(stage);
});
afterEach(() => stage.close());

const say = async (line: string, who: string | null = 'Ann', change = {}): Promise<Result> => runWords(splitWords(line), await stage.as(who, change));

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
