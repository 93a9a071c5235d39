import { z } from 'zod';
import { holdsCard } from '../cards/hold-card.js';
import type { Command } from './command.js';
import { holdDocument, holdsNow } from './hold-answer.js';

const args = z.strictObject({});

export const holds: Command<z.output<typeof args>> = {
  name: 'holds',
  summary: 'why nothing may act or call for now: by whom and until when',
  usage: 'holds',
  examples: ['holds'],
  role: 'viewer',
  words: { positionals: [], flags: {} },
  args,
  async run(_wanted, ctx) {
    const all = await holdsNow(ctx);
    return { data: { version: 1, holds: all.map(holdDocument) }, card: holdsCard(all, { now: ctx.now(), timeZone: ctx.timeZone }), exit: 0 };
  },
};
