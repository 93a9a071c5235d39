import { z } from 'zod';
import { scoreCard } from '../cards/score-card.js';
import { bandOf, type HealthScore } from '../domain/health-score.js';
import type { Json } from '../domain/json.js';
import type { Resource } from '../domain/resource.js';
import { healthOf } from '../store/health.js';
import { HOST, scoresSince } from '../store/scores.js';
import type { Command, Context } from './command.js';
import { word } from './fields.js';
import { findApp } from './find-app.js';
import { healingDocument, healingNow } from './healing.js';
import { iso } from './iso.js';

const DAY_MS = 24 * 3_600_000;
/** At this and above nothing calls for people (the yellow band). */
const FAIR = 70;

const args = z.strictObject({ app: word.optional() });

/** How healthy is it, from 0 to 100, and why? Exit 1 below 70, 3 where it is not known. */
export const score: Command<z.output<typeof args>> = {
  name: 'score',
  summary: 'how healthy it is, from 0 to 100, and what takes the points',
  usage: 'score [app]',
  examples: ['score', 'score shop'],
  role: 'viewer',
  words: { positionals: ['app'], flags: {} },
  args,
  async run({ app }, ctx) {
    const of = app === undefined ? null : await findApp(ctx, app);
    const found = await scoreNow(ctx, of);
    const history = await scoresSince(ctx.store.db, { hostId: ctx.hostId, subject: of?.id ?? HOST }, ctx.now() - DAY_MS);
    const healing = await healingNow(ctx, of?.id);
    const kept = history.flatMap(({ score: points }) => points ?? []);
    return {
      data: { version: 1, of: of?.name ?? null, ...scoreDocument(found), history: history.map(({ at, score: points }) => ({ at: iso(at), score: points })), healing: Object.fromEntries(healing.map(({ over, figures }) => [over, healingDocument(figures)])) },
      card: scoreCard({ of: of?.name ?? null, score: found, healing, day: kept.length === 0 ? null : { low: Math.min(...kept), high: Math.max(...kept) } }),
      exit: found.score === null ? 3 : found.score < FAIR ? 1 : 0,
    };
  },
};

/** As it stands at this moment; what is kept may be a minute old. */
export async function scoreNow(ctx: Pick<Context, 'store' | 'hostId' | 'tiers' | 'settleMs' | 'now'>, of: Pick<Resource, 'id'> | null): Promise<HealthScore> {
  const health = await healthOf(ctx.store.db, ctx.hostId, { tiers: ctx.tiers, settleMs: ctx.settleMs, now: ctx.now() });
  return of === null ? health.host : (health.apps.find(({ app }) => app.id === of.id)?.score ?? health.host);
}

export function scoreDocument({ score: points, parts, deductions, more, confidence, doubts }: HealthScore): { readonly [key: string]: Json } {
  return {
    score: points, band: points === null ? null : bandOf(points), parts: JSON.parse(JSON.stringify(parts)) as Json,
    deductions: deductions.map((one) => ({ ...one })), more, confidence, doubts,
  };
}
