import { z } from 'zod';
import { holdLine } from '../cards/hold-card.js';
import { noteCard } from '../cards/note-card.js';
import { EVERYTHING, holdsHands } from '../domain/hold.js';
import { strangeAnswer } from './accepted.js';
import type { Command } from './command.js';
import { word } from './fields.js';
import { findApp } from './find-app.js';
import { holdDocument, holdsNow } from './hold-answer.js';

const args = z.strictObject({ app: word.optional() });
const answer = z.object({ ended: z.number() });

export const unfreeze: Command<z.output<typeof args>> = {
  name: 'unfreeze',
  summary: 'let hypercare act again: after a freeze, flapping or failed repairs',
  usage: 'unfreeze [app]',
  examples: ['unfreeze', 'unfreeze shop'],
  role: 'approver',
  words: { positionals: ['app'], flags: {} },
  args,
  async run(wanted, ctx) {
    const app = wanted.app === undefined || wanted.app === EVERYTHING ? null : await findApp(ctx, wanted.app);
    const scope = app?.name ?? EVERYTHING;
    const said = answer.safeParse(await ctx.ask({ verb: 'unfreeze', resourceId: app?.id ?? null, args: { scope } }));
    if (!said.success) throw strangeAnswer();
    const left = (await holdsNow(ctx)).filter(holdsHands);
    const reader = { now: ctx.now(), timeZone: ctx.timeZone };
    const title = left.length === 0 ? 'nothing is held any more: hypercare acts as its policy says' : `lifted; ${left.length === 1 ? 'one hold was not, and is' : `${left.length} holds were not, and are`} left`;
    return {
      data: { version: 1, ended: said.data.ended, left: left.map(holdDocument) },
      card: noteCard({ subject: 'unfreeze', level: left.length === 0 ? 'good' : 'warning', title, body: left.map((hold) => holdLine(hold, reader)) }),
      exit: 0, // Where there was nothing to lift, the monitor has refused.
    };
  },
};
