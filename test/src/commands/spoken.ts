/** What tests of commands begin with: a stage for each test, and people who speak there. */
import type { Context, Result } from '../../../src/commands/command.js';
import { runWords } from '../../../src/commands/run-words.js';
import { splitWords } from '../../../src/commands/split-words.js';
import { givenEach } from '../../doubles/given.js';
import { openStage, type Stage } from './stage.js';

export function stageOfEachTest(begun: (stage: Stage) => unknown = () => undefined): Stage {
  return givenEach(async () => {
    const stage = await openStage();
    await begun(stage);
    return stage;
  }, (stage) => stage.close());
}

/** Runs a line as somebody says it; `who` null is a stranger. */
export function sayOn(stage: Stage, usually = 'Ann') {
  return async (line: string, who: string | null = usually, change: Partial<Omit<Context, 'ask'>> = {}): Promise<Result> => runWords(splitWords(line), await stage.as(who, change));
}
