import { z } from 'zod';
import { giveAnswer } from './answer.js';
import type { Command } from './command.js';
import { word } from './fields.js';

const args = z.strictObject({ question: word });

export const approve: Command<z.output<typeof args>> = {
  name: 'approve',
  summary: 'say yes to the open question',
  usage: 'approve <app, question or incident>',
  examples: ['approve shop', 'approve 7k2m9q'],
  role: 'operator',
  words: { positionals: ['question'], flags: {} },
  args,
  run: ({ question }, ctx) => giveAnswer(true, question, ctx),
};
