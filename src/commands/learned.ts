import { z } from 'zod';
import { learnedCard, type LearnedOfApp } from '../cards/learned-card.js';
import { ROLLBACK } from '../cards/repair-words.js';
import type { Json } from '../domain/json.js';
import { atLeast, betterOnes, tally } from '../domain/learning.js';
import type { Resource } from '../domain/resource.js';
import { trustRule } from '../domain/trust.js';
import { openProposals } from '../policy/standing.js';
import { debtBy } from '../store/debts.js';
import { outcomesOf } from '../store/outcomes.js';
import { listResources } from '../store/resources.js';
import type { Command, Context } from './command.js';
import { word } from './fields.js';
import { findApp } from './find-app.js';

const args = z.strictObject({ app: word.optional() });

/** What became of the repairs, and what follows from it? */
export const learned: Command<z.output<typeof args>> = {
  name: 'learned',
  summary: 'which repairs helped, and what follows from that',
  usage: 'learned [app]',
  examples: ['learned', 'learned shop'],
  role: 'viewer',
  readsPolicy: true,
  words: { positionals: ['app'], flags: {} },
  args,
  async run({ app }, ctx) {
    const apps = app === undefined ? (await listResources(ctx.store.db, ctx.hostId)).filter(({ kind }) => kind === 'app') : [await findApp(ctx, app)];
    const all = await Promise.all(apps.map((one) => learnedOf(ctx, one)));
    return { data: { version: 1, apps: all.map(document) }, card: learnedCard(all), exit: 0 };
  },
};

async function learnedOf(ctx: Context, { id, name }: Pick<Resource, 'id' | 'name'>): Promise<LearnedOfApp> {
  const now = ctx.now();
  const runs = await outcomesOf(ctx.store.db, id, now);
  const tallies = tally(runs);
  return { app: name, tallies, first: betterOnes(tallies, ROLLBACK), proposals: openProposals(runs, ctx.policy, name), debt: await debtBy(ctx.store.db, id, { until: now }) };
}

function document({ app, tallies, first, proposals, debt }: LearnedOfApp): Json {
  return {
    app,
    repairs: tallies.map((one) => ({ incident: one.kind, repair: one.repair, helped: one.helped, runs: one.runs, unknown: one.unknown, atLeast: Math.round(atLeast(one) * 1_000) / 1_000 })),
    order: first.map(({ kind, repair, before }) => ({ incident: kind, repair, before })),
    proposals: proposals.map((one) => ({ repair: one.repair, from: one.from, to: one.to, runs: one.runs, rule: trustRule(one, app) })),
    debt: { points: debt.points, restarts: debt.restarts, by: debt.by.map(({ what, times }) => ({ what, times })) },
  };
}
