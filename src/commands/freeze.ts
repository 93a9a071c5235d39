import { z } from 'zod';
import { HypercareError } from '../domain/errors.js';
import { EVERYTHING } from '../domain/hold.js';
import type { Command } from './command.js';
import { reason, word } from './fields.js';
import { findTarget } from './find-app.js';
import { holdBegun, lasting } from './hold-answer.js';

const args = z.strictObject({ target: word.optional(), reason, for: lasting.optional() });

/** Whoever may ask for repairs may stop them; starting them again is for those who may say yes. */
export const freeze: Command<z.output<typeof args>> = {
  name: 'freeze',
  summary: 'stop every repair and rollback at once, of one or of all',
  usage: 'freeze [app or server] --reason <why> [--for <time>]',
  examples: ['freeze --reason "we look ourselves"', 'freeze shop --for 2h --reason "deploying by hand"'],
  role: 'operator',
  words: {
    positionals: ['target'],
    flags: {
      reason: { type: 'string', about: 'why; everybody sees it' },
      for: { type: 'string', about: 'how long: 30m, 2h, 3d; default: until somebody unfreezes' },
    },
  },
  args,
  async run(wanted, ctx) {
    const target = wanted.target === undefined || wanted.target === EVERYTHING ? null : await findTarget(ctx, wanted.target);
    const asked = { scope: target?.name ?? EVERYTHING, reason: wanted.reason, forMs: wanted.for ?? null };
    const said = await ctx.ask({ verb: 'freeze', resourceId: target?.id ?? null, args: asked }).catch((error: unknown) => {
      throw error instanceof HypercareError && error.code === 'monitor.down' ? withoutMonitor(error) : error;
    });
    return holdBegun(said, ctx);
  },
};

function withoutMonitor({ code, errorClass, message }: HypercareError): HypercareError {
  return new HypercareError(code, errorClass, message, 'On the host this works without it: hypercare freeze --reason <why> --offline.');
}
