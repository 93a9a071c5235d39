import { z } from 'zod';
import { noteCard } from '../cards/note-card.js';
import { strangeAnswer } from './accepted.js';
import type { Command } from './command.js';
import { reason, word } from './fields.js';
import { findApp } from './find-app.js';

const args = z.strictObject({ app: word, reason });
const answer = z.object({ release: z.string() });

export const restorePoint: Command<z.output<typeof args>> = {
  name: 'restore-point',
  summary: 'call the running release stable: rollbacks may go to it',
  usage: 'restore-point <app> --reason <why>',
  examples: ['restore-point shop --reason "ran well for a year"'],
  role: 'operator',
  words: { positionals: ['app'], flags: { reason: { type: 'string', about: 'why it is to be trusted, for the audit trail' } } },
  args,
  async run(wanted, ctx) {
    const app = await findApp(ctx, wanted.app);
    const said = answer.safeParse(await ctx.ask({ verb: 'restore-point', resourceId: app.id, args: { app: app.name, reason: wanted.reason } }));
    if (!said.success) throw strangeAnswer();
    const { release } = said.data;
    return {
      data: { version: 1, app: app.name, release, reason: wanted.reason },
      card: noteCard({ subject: `restore-point-${app.id}`, level: 'good', title: `${app.name}: release ${release} is a restore point now`, body: [`Rollbacks of ${app.name} may go to it. Reason: ${wanted.reason}`] }),
      exit: 0,
    };
  },
};
