import { z } from 'zod';
import { noteCard } from '../cards/note-card.js';
import { EVERYTHING } from '../domain/hold.js';
import type { Command } from './command.js';
import { reason, word } from './fields.js';
import { findTarget } from './find-app.js';
import { holdBegun, lasting } from './hold-answer.js';

const HOUR_MS = 3_600_000;

const args = z.strictObject({ target: word, reason: reason.optional(), for: lasting.optional(), end: z.boolean().default(false) })
  .refine((wanted) => wanted.end || wanted.reason !== undefined, { path: ['reason'], message: 'is missing: a silence carries its reason' });

export const silence: Command<z.output<typeof args>> = {
  name: 'silence',
  summary: 'call nobody about it for a while; it is repaired as ever',
  usage: 'silence <app or server> --reason <why> [--for <time>], or silence <app or server> --end',
  examples: ['silence shop --reason "we know" --for 2h', 'silence shop --end'],
  role: 'operator',
  words: {
    positionals: ['target'],
    flags: {
      reason: { type: 'string', about: 'why; everybody sees it' },
      for: { type: 'string', about: 'how long: 30m, 2h, 3d; default: 1h' },
      end: { type: 'boolean', about: 'call people again' },
    },
  },
  args,
  async run(wanted, ctx) {
    const target = wanted.target === EVERYTHING ? null : await findTarget(ctx, wanted.target);
    const scope = target?.name ?? EVERYTHING;
    const asked = { scope, reason: wanted.reason ?? '', forMs: wanted.for ?? HOUR_MS };
    const said = await ctx.ask({ verb: wanted.end ? 'unsilence' : 'silence', resourceId: target?.id ?? null, args: asked });
    if (!wanted.end) return holdBegun(said, ctx);
    return { data: { version: 1, scope }, card: noteCard({ subject: `silence-${scope}`, level: 'good', title: `${scope === EVERYTHING ? 'everything' : scope}: people are called again` }), exit: 0 };
  },
};
