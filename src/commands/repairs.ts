import { z } from 'zod';
import { noteCard } from '../cards/note-card.js';
import { HypercareError } from '../domain/errors.js';
import type { Command } from './command.js';

const args = z.strictObject({});

export const repairs: Command<z.output<typeof args>> = {
  name: 'repairs',
  summary: 'what can be done, and what is refused',
  usage: 'repairs',
  examples: ['repairs'],
  role: 'viewer',
  words: { positionals: [], flags: {} },
  args,
  async run(_args, ctx) {
    const known = await ctx.repairs();
    if (known === null) throw new HypercareError('denied.place', 'denied', 'the repairs are known in the terminal alone', 'On the host itself: hypercare repairs');
    const sorted = known.toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
    return {
      data: { version: 1, repairs: sorted.map(({ kind, target, summary, refuses, risk, takes }) => ({ kind, target, summary, refuses, risk, takes })) },
      card: noteCard({
        subject: 'repairs', level: 'info', title: `${sorted.length} repairs, and “general”: what the runbook has next`,
        fields: sorted.map(({ kind, summary, refuses, risk, takes }) => ({ name: kind, value: `${summary} (${risk}); refuses ${refuses}${takes.length === 0 ? '' : `; --with ${takes.join(' ')}`}` })), footer: 'repair <repair> <target> --dry-run says what one would do',
      }),
      exit: 0,
    };
  },
};
