import { z } from 'zod';
import { HypercareError } from '../domain/errors.js';
import { nearestWord } from '../domain/nearest.js';
import { releaseName, releasesNamed } from '../domain/release.js';
import type { Resource } from '../domain/resource.js';
import { ledgerOf } from '../store/releases.js';
import { resultOf } from './accepted.js';
import type { Command, Context } from './command.js';
import { reason, word } from './fields.js';
import { findApp } from './find-app.js';

/** So many of the releases that were seen are named, the newest first. */
const MOST_NAMED = 5;
/** What is shown of a word from outside. */
const WORD_SHOWN = 40;

const args = z.strictObject({ app: word, to: word.optional(), plan: z.boolean().default(false), rehearse: z.boolean().default(false), reason: reason.optional() })
  .refine((wanted) => wanted.plan || wanted.rehearse || wanted.reason !== undefined, { path: ['reason'], message: 'is missing: a rollback carries its reason' });

export const rollback: Command<z.output<typeof args>> = {
  name: 'rollback',
  summary: 'take an app back to its last stable release',
  usage: 'rollback <app> --reason <why> [--to <release>], or rollback <app> --plan, or rollback <app> --rehearse',
  examples: ['rollback shop --plan', 'rollback shop --reason "checkout is broken"'],
  role: 'operator',
  words: {
    positionals: ['app'],
    flags: {
      to: { type: 'string', about: 'another release than the newest stable one' },
      plan: { type: 'boolean', about: 'say exactly what it would do, and do nothing' },
      rehearse: { type: 'boolean', about: 'build and look at the release it would go to, and do not go there' },
      reason: { type: 'string', about: 'why, for the audit trail' },
    },
  },
  args,
  async run(wanted, ctx) {
    const app = await findApp(ctx, wanted.app);
    if (wanted.to !== undefined) await knownRelease(ctx, app, wanted.to);
    const asked = { app: app.name, to: wanted.to ?? null, reason: wanted.reason ?? (wanted.rehearse ? 'a rehearsal' : 'only planned'), planOnly: wanted.plan, ...(wanted.rehearse ? { rehearse: true } : {}) };
    const said = await ctx.ask({ verb: 'rollback', resourceId: app.id, args: asked });
    return resultOf(said, { repair: wanted.rehearse ? 'a rehearsal' : 'rollback', target: app.name }, ctx);
  },
};

/** A misspelt one is told at once, and nothing is asked for. */
async function knownRelease(ctx: Context, app: Resource, to: string): Promise<void> {
  const ledger = await ledgerOf(ctx.store.db, app.id);
  if (releasesNamed(ledger, to).length > 0) return;
  const names = [...new Set(ledger.map(releaseName))];
  const near = nearestWord(to, names);
  const seen = names.length === 0 ? `No release of ${app.name} was seen yet.` : `Seen were: ${names.slice(0, MOST_NAMED).join(', ')}.`;
  throw new HypercareError('release.unknown', 'invalid', `there is no release “${to.slice(0, WORD_SHOWN)}” of ${app.name}`, `${near === null ? '' : `Did you mean “${near}”? `}${seen} A commit is named by seven digits or more.`);
}
