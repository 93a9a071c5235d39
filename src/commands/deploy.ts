import { z } from 'zod';
import { resultOf } from './accepted.js';
import type { Command } from './command.js';
import { reason, word } from './fields.js';
import { findApp } from './find-app.js';

const args = z.strictObject({ app: word, ref: word, plan: z.boolean().default(false), reason: reason.optional(), override: reason.optional() });

export const deploy: Command<z.output<typeof args>> = {
  name: 'deploy',
  summary: 'build a commit beside the live release, and switch to it',
  usage: 'deploy <app> <branch, tag or commit> [--reason <why>] [--plan] [--override <why>]',
  examples: ['deploy shop main --plan', 'deploy shop v1.4.0 --reason "new checkout"'],
  role: 'operator',
  words: {
    positionals: ['app', 'ref'],
    flags: {
      plan: { type: 'boolean', about: 'say exactly what it would do, and do nothing' },
      reason: { type: 'string', about: 'why, for the audit trail' },
      override: { type: 'string', about: 'why a commit that was found bad goes live all the same' },
    },
  },
  args,
  async run(wanted, ctx) {
    const app = await findApp(ctx, wanted.app);
    const asked = { app: app.name, ref: wanted.ref, reason: wanted.reason ?? '', override: wanted.override ?? null, planOnly: wanted.plan };
    const said = await ctx.ask({ verb: 'deploy', resourceId: app.id, args: asked });
    return resultOf(said, { repair: 'deploy', target: app.name }, ctx);
  },
};
