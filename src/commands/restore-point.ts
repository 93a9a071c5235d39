import { z } from 'zod';
import { noteCard } from '../cards/note-card.js';
import { strangeAnswer } from './accepted.js';
import type { Command } from './command.js';
import { reason, word } from './fields.js';
import { findApp } from './find-app.js';

const args = z.strictObject({ app: word, reason, force: z.boolean().default(false) });
const answer = z.object({ release: z.string(), noWayBack: z.string().nullable() });

export const restorePoint: Command<z.output<typeof args>> = {
  name: 'restore-point',
  summary: 'call the running release stable: rollbacks may go to it',
  usage: 'restore-point <app> --reason <why> [--force]',
  examples: ['restore-point shop --reason "ran well for a year"'],
  role: 'operator',
  words: { positionals: ['app'], flags: { reason: { type: 'string', about: 'why it is to be trusted, for the audit trail' }, force: { type: 'boolean', about: 'although it was found bad before' } } },
  args,
  async run(wanted, ctx) {
    const app = await findApp(ctx, wanted.app);
    const said = answer.safeParse(await ctx.ask({ verb: 'restore-point', resourceId: app.id, args: { app: app.name, reason: wanted.reason, force: wanted.force } }));
    if (!said.success) throw strangeAnswer();
    const { release, noWayBack } = said.data;
    const subject = `restore-point-${app.id}`;
    const because = `Reason: ${wanted.reason}`;
    return {
      data: { version: 1, app: app.name, release, reason: wanted.reason, noWayBack },
      card: noWayBack === null
        ? noteCard({ subject, level: 'good', title: `${app.name}: release ${release} is a restore point now`, body: [`Rollbacks of ${app.name} may go to it. ${because}`] })
        : noteCard({ subject, level: 'warning', title: `${app.name}: release ${release} counts as good, but no rollback can go to it`, body: [`Why: ${noWayBack}. Correct the release's dir or mode in hypercare.yaml, or keep the app in git. ${because}`] }),
      exit: noWayBack === null ? 0 : 1,
    };
  },
};
