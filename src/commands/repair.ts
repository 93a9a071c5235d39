import { z } from 'zod';
import { HypercareError } from '../domain/errors.js';
import { nearestWord } from '../domain/nearest.js';
import { resultOf } from './accepted.js';
import type { Command, Context } from './command.js';
import { word } from './fields.js';
import { findApp } from './find-app.js';

/** Stands for the app's whole runbook. */
const GENERAL = 'general';

const args = z.strictObject({ repair: word, app: word, dryRun: z.boolean().default(false) });

export const repair: Command<z.output<typeof args>> = {
  name: 'repair',
  summary: 'have one repair done, or “general”: the whole runbook',
  usage: 'repair <repair|general> <app> [--dry-run]',
  examples: ['repair pm2.reload shop', 'repair general shop --dry-run'],
  role: 'operator',
  words: { positionals: ['repair', 'app'], flags: { 'dry-run': { type: 'boolean', about: 'say what it would do, and do nothing' } } },
  args,
  async run(wanted, ctx) {
    await knownRepair(ctx, wanted.repair);
    const app = await findApp(ctx, wanted.app);
    const said = await ctx.ask({ verb: 'repair', resourceId: app.id, args: { repair: wanted.repair, app: app.name, dryRun: wanted.dryRun } });
    return resultOf(said, { repair: wanted.repair, target: app.name, whole: wanted.repair === GENERAL }, ctx);
  },
};

/** Where the repairs are known here, a misspelt one is told at once; else the monitor tells it. */
async function knownRepair(ctx: Context, kind: string): Promise<void> {
  const known = await ctx.repairs();
  if (known === null || kind === GENERAL || known.some((one) => one.kind === kind)) return;
  const near = nearestWord(kind, [GENERAL, ...known.map((one) => one.kind)]);
  throw new HypercareError('repair.unknown', 'invalid', `there is no repair “${kind}”`, `${near === null ? '' : `Did you mean “${near}”? `}“repairs” lists them.`);
}
