import { z } from 'zod';
import { HypercareError } from '../domain/errors.js';
import { nearestWord } from '../domain/nearest.js';
import { resultOf } from './accepted.js';
import type { Command, Context } from './command.js';
import { word } from './fields.js';
import { findTarget } from './find-app.js';

/** 'prefix=cache: limit=500' → what the repair is given; numbers are read as numbers, but not ids that a number would change. */
const given = z.string().max(500, 'is longer than 500 characters').transform((text, context) => {
  const pairs = text.split(/\s+/).filter((pair) => pair !== '').map((pair) => /^([a-z][a-zA-Z]*)=(.+)$/.exec(pair));
  if (pairs.length === 0 || pairs.includes(null)) context.addIssue({ code: 'custom', message: 'takes name=value, for example prefix=cache:' });
  return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1] as string, String(Number(pair[2])) === pair[2] ? Number(pair[2]) : (pair[2] as string)]] : [])));
});

/** Stands for the runbook: what it has next for the open incident, and what comes behind that where it does not help. */
const GENERAL = 'general';

const args = z.strictObject({ repair: word, target: word, with: given.optional(), dryRun: z.boolean().default(false) });

export const repair: Command<z.output<typeof args>> = {
  name: 'repair',
  summary: 'have one repair done, or “general”: what the runbook has next',
  usage: 'repair <repair|general> <target> [--with name=value] [--dry-run]',
  examples: ['repair pm2.reload shop', 'repair general shop --dry-run'],
  role: 'operator',
  words: { positionals: ['repair', 'target'], flags: { with: { type: 'string', about: 'what the repair is told: prefix=cache:, or more in quotes; “repairs” says what each takes' }, 'dry-run': { type: 'boolean', about: 'say what it would do, and do nothing' } } },
  args,
  async run(wanted, ctx) {
    await knownRepair(ctx, wanted.repair);
    const target = await findTarget(ctx, wanted.target);
    const said = await ctx.ask({ verb: 'repair', resourceId: target.id, args: { repair: wanted.repair, target: target.name, with: wanted.with ?? {}, dryRun: wanted.dryRun } });
    return resultOf(said, { repair: wanted.repair, target: target.name, whole: wanted.repair === GENERAL }, ctx);
  },
};

/** Where the repairs are known here, a misspelt one is told at once; else the monitor tells it. */
async function knownRepair(ctx: Context, kind: string): Promise<void> {
  const known = await ctx.repairs();
  if (known === null || kind === GENERAL || known.some((one) => one.kind === kind)) return;
  const near = nearestWord(kind, [GENERAL, ...known.map((one) => one.kind)]);
  throw new HypercareError('repair.unknown', 'invalid', `there is no repair “${kind}”`, `${near === null ? '' : `Did you mean “${near}”? `}“repairs” lists them.`);
}
