import { expect, it } from 'vitest';
import { runDemo } from '../../scripts/demo.js';
import type { CliIo } from '../../src/cli/cli-io.js';

const demo = (...words: readonly string[]): Promise<unknown> => runDemo(words, {} as CliIo, { json: true });

it.each([
  ['no fault', [], 'demo needs the fault to show'],
  ['a fault that is none', ['hnag'], 'there is no fault named “hnag”; did you mean hang?'],
  ['a second word', ['hang', 'crash'], 'demo shows one fault, and does not know what to do with “crash”'],
  ['a flag it does not know', ['hang', '--now'], 'demo does not know --now'],
])('refuses %s before anything is started', async (_what, words, message) => {
  await expect(demo(...words)).rejects.toMatchObject({ code: 'usage', message });
});
