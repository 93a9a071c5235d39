import { z } from 'zod';
import { holdLine } from '../cards/hold-card.js';
import { noteCard } from '../cards/note-card.js';
import { EVERYTHING, holdsHands } from '../domain/hold.js';
import { strangeAnswer } from './accepted.js';
import type { Command } from './command.js';
import { word } from './fields.js';
import { findTarget } from './find-app.js';
import { holdDocument, holdsNow } from './hold-answer.js';

const args = z.strictObject({ target: word.optional() });
const answer = z.object({ ended: z.number() });

export const unfreeze: Command<z.output<typeof args>> = {
  name: 'unfreeze',
  summary: 'let hypercare act again: after a freeze, flapping or failed repairs',
  usage: 'unfreeze [app or server]',
  examples: ['unfreeze', 'unfreeze shop'],
  role: 'approver',
  words: { positionals: ['target'], flags: {} },
  args,
  async run(wanted, ctx) {
    const target = wanted.target === undefined || wanted.target === EVERYTHING ? null : await findTarget(ctx, wanted.target);
    const scope = target?.name ?? EVERYTHING;
    const said = answer.safeParse(await ctx.ask({ verb: 'unfreeze', resourceId: target?.id ?? null, args: { scope } }));
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
