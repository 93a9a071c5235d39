import { z } from 'zod';
import { noteCard } from '../cards/note-card.js';
import { roleOf } from './access.js';
import type { Command } from './command.js';

const MEANS = {
  viewer: 'You may look at everything.',
  operator: 'You may look at everything, and ask for repairs, rollbacks and launches.',
  approver: 'You may look at everything, ask for repairs, rollbacks and launches, and answer questions.',
} as const;

const UNNAMED = 'Nobody is named for the terminal under “people” in hypercare.yaml, so the user that hypercare runs as is an approver here.';

const args = z.strictObject({});

export const whoami: Command<z.output<typeof args>> = {
  name: 'whoami',
  summary: 'who you are here, and what you may do',
  usage: 'whoami',
  examples: ['whoami'],
  role: null,
  words: { positionals: [], flags: {} },
  args,
  async run(_args, ctx) {
    const role = roleOf(ctx);
    const account = `${ctx.via} account ${ctx.userId}`;
    const title = ctx.person ? `you are ${ctx.person.name}, ${role}` : `nobody is known by the ${account}`;
    const unknown = `${role === null ? 'You may do nothing here but this.' : MEANS[role]} To be known, have this account added under “people” in hypercare.yaml.`;
    return {
      data: { version: 1, name: ctx.person?.name ?? null, role, via: ctx.via, userId: ctx.userId },
      card: noteCard({ subject: 'whoami', level: 'info', title, body: [ctx.person && role ? MEANS[role] : unknown, ...(ctx.unnamed ? [UNNAMED] : [])], footer: account }),
      exit: 0,
    };
  },
};
