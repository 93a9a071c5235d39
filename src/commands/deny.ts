import { z } from 'zod';
import { giveAnswer } from './answer.js';
import type { Command } from './command.js';
import { word } from './fields.js';

const args = z.strictObject({ question: word });

export const deny: Command<z.output<typeof args>> = {
  name: 'deny',
  summary: 'say no to the open question',
  usage: 'deny <app, question or incident>',
  examples: ['deny shop', 'deny 7k2m9q'],
  role: 'operator',
  words: { positionals: ['question'], flags: {} },
  args,
  run: ({ question }, ctx) => giveAnswer(false, question, ctx),
};
