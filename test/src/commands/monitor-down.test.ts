import { expect, it } from 'vitest';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest();
const say = sayOn(stage);

it.each([
  ['rollback shop --reason x', true],
  ['repair pm2.reload shop', true],
  ['restore-point shop --reason x', false],
  ['launch shop', false],
])('without a monitor “%s” is advised to roll back offline: %s', async (words, offline) => {
  const thrown: unknown = await say(words).then(() => null, (error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'monitor.down', mend: expect.stringContaining('Start it with “npm start”') as unknown });
  expect((thrown as { readonly mend: string }).mend.includes('--offline')).toBe(offline);
});
