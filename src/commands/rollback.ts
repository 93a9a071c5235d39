import { z } from 'zod';
import { resultOf } from './accepted.js';
import type { Command } from './command.js';
import { reason, word } from './fields.js';
import { findApp } from './find-app.js';

const args = z.strictObject({ app: word, to: word.optional(), plan: z.boolean().default(false), reason: reason.optional() })
  .refine((wanted) => wanted.plan || wanted.reason !== undefined, { path: ['reason'], message: 'is missing: a rollback carries its reason' });

export const rollback: Command<z.output<typeof args>> = {
  name: 'rollback',
  summary: 'take an app back to its last stable release',
  usage: 'rollback <app> --reason <why> [--to <release>], or rollback <app> --plan',
  examples: ['rollback shop --plan', 'rollback shop --reason "checkout is broken"'],
  role: 'operator',
  words: {
    positionals: ['app'],
    flags: {
      to: { type: 'string', about: 'another release than the newest stable one' },
      plan: { type: 'boolean', about: 'say exactly what it would do, and do nothing' },
      reason: { type: 'string', about: 'why, for the audit trail' },
    },
  },
  args,
  async run(wanted, ctx) {
    const app = await findApp(ctx, wanted.app);
    const asked = { app: app.name, to: wanted.to ?? null, reason: wanted.reason ?? 'only planned', planOnly: wanted.plan };
    const said = await ctx.ask({ verb: 'rollback', resourceId: app.id, args: asked });
    return resultOf(said, { repair: 'rollback', target: app.name }, ctx);
  },
};
