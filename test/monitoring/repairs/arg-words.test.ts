import { expect, it } from 'vitest';
import { argWords } from '../../../monitoring/repairs/arg-words.js';
import { repairs } from '../../../monitoring/repairs/index.js';

it.each([
  ['ratelimit.clear', ['[identity=…]', '[prefix=…]', '[reload=yes|no]']],
  ['postgres.create-index', ['table=…', 'columns=…']],
  ['postgres.cancel', ['[pid=N]']],
  ['pm2.scale-up', ['[process=…]', '[by=N]']],
  ['host.clean-disk', []],
] as const)('%s takes %j', (kind, words) => {
  expect(argWords(repairs[kind].args)).toEqual(words);
});

it('says of every repair what it takes', () => {
  for (const { args } of Object.values(repairs)) for (const word of argWords(args)) expect(word).toMatch(/^\[?[a-zA-Z]+=\S+\]?$/);
});
