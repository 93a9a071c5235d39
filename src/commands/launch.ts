import { z } from 'zod';
import { launchCard } from '../cards/launch-card.js';
import type { LaunchId } from '../domain/ids.js';
import { releaseName } from '../domain/release.js';
import { launchView } from '../store/launch-view.js';
import { strangeAnswer } from './accepted.js';
import type { Command } from './command.js';
import { reason, word } from './fields.js';
import { findApp } from './find-app.js';
import { iso } from './iso.js';

const args = z.strictObject({ app: word, reason: reason.optional() });
const answer = z.object({ launchId: z.string() });

export const launch: Command<z.output<typeof args>> = {
  name: 'launch',
  summary: 'begin a new watch of what runs now',
  usage: 'launch <app> [--reason <why>]',
  examples: ['launch shop', 'launch shop --reason "sale begins"'],
  role: 'operator',
  words: { positionals: ['app'], flags: { reason: { type: 'string', about: 'why, for the audit trail' } } },
  args,
  async run(wanted, ctx) {
    const app = await findApp(ctx, wanted.app);
    const why = wanted.reason ?? `asked for by ${ctx.person?.name ?? 'somebody'}`;
    const said = answer.safeParse(await ctx.ask({ verb: 'launch', resourceId: app.id, args: { app: app.name, why } }));
    if (!said.success) throw strangeAnswer();
    const view = await launchView(ctx.store.db, said.data.launchId as LaunchId);
    return {
      data: { version: 1, app: app.name, launchId: view.launch.id, release: releaseName(view.release), startedAt: iso(view.launch.startedAt), endsAt: iso(view.launch.endsAt) },
      card: launchCard(view, { now: ctx.now(), timeZone: ctx.timeZone }),
      exit: 0,
    };
  },
};
