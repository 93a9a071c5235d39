import { z } from 'zod';
import { HypercareError } from '../domain/errors.js';
import { EVERYTHING } from '../domain/hold.js';
import type { Command } from './command.js';
import { reason, word } from './fields.js';
import { findApp } from './find-app.js';
import { holdBegun, lasting } from './hold-answer.js';

const args = z.strictObject({ app: word.optional(), reason, for: lasting.optional() });

/** Whoever may ask for repairs may stop them; starting them again is for those who may say yes. */
export const freeze: Command<z.output<typeof args>> = {
  name: 'freeze',
  summary: 'stop every repair and rollback at once, of one app or of all',
  usage: 'freeze [app] --reason <why> [--for <time>]',
  examples: ['freeze --reason "we look ourselves"', 'freeze shop --for 2h --reason "deploying by hand"'],
  role: 'operator',
  words: {
    positionals: ['app'],
    flags: {
      reason: { type: 'string', about: 'why; everybody sees it' },
      for: { type: 'string', about: 'how long: 30m, 2h, 3d; default: until somebody unfreezes' },
    },
  },
  args,
  async run(wanted, ctx) {
    const app = wanted.app === undefined || wanted.app === EVERYTHING ? null : await findApp(ctx, wanted.app);
    const asked = { scope: app?.name ?? EVERYTHING, reason: wanted.reason, forMs: wanted.for ?? null };
    const said = await ctx.ask({ verb: 'freeze', resourceId: app?.id ?? null, args: asked }).catch((error: unknown) => {
      throw error instanceof HypercareError && error.code === 'monitor.down' ? withoutMonitor(error) : error;
    });
    return holdBegun(said, ctx);
  },
};

function withoutMonitor({ code, errorClass, message }: HypercareError): HypercareError {
  return new HypercareError(code, errorClass, message, 'On the host this works without it: hypercare freeze --reason <why> --offline.');
}
