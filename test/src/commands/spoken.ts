/** What tests of commands begin with: a stage for each test, and people who speak there. */
import { afterEach, beforeEach } from 'vitest';
import type { Context, Result } from '../../../src/commands/command.js';
import { runWords } from '../../../src/commands/run-words.js';
import { splitWords } from '../../../src/commands/split-words.js';
import { openStage, type Stage } from './stage.js';

/** Stands for the stage of the test that runs: opened before it, closed after it. */
export function stageOfEachTest(begun: (stage: Stage) => void = () => undefined): Stage {
  let current = {} as Stage;
  beforeEach(async () => {
    current = await openStage();
    begun(current);
  });
  afterEach(() => current.close());
  return new Proxy({} as Stage, {
    get: (_, key) => Reflect.get(current, key) as unknown,
    set: (_, key, value) => Reflect.set(current, key, value),
  });
}

/** Runs a line as somebody says it; `who` null is a stranger. */
export function sayOn(stage: Stage, usually = 'Ann') {
  return async (line: string, who: string | null = usually, change: Partial<Omit<Context, 'ask'>> = {}): Promise<Result> => runWords(splitWords(line), await stage.as(who, change));
}
