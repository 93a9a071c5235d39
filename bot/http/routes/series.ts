import { z } from '@hono/zod-openapi';
import type { Series } from '../../../src/cards/series.js';
import type { Context } from '../../../src/commands/command.js';
import { findApp } from '../../../src/commands/find-app.js';
import { iso } from '../../../src/commands/iso.js';
import { runArgs } from '../../../src/commands/run-words.js';
import { VERDICTS, type Check } from '../../../src/domain/check.js';
import { HypercareError } from '../../../src/domain/errors.js';
import { meanMs, stepFor, worstOf } from '../../../src/domain/series-points.js';
import { checksOf } from '../../../src/store/checks.js';
import { seriesOf } from '../../../src/store/series.js';
import { route } from '../route.js';
import { named, time } from '../shapes.js';

const MOST_HOURS = 30 * 24;
const MOST_POINTS = 360;
const HOUR_MS = 3_600_000;
const maybeMs = z.union([z.number(), z.null()]);

export const seriesRoute = route({
  method: 'get', path: '/api/apps/{app}/series', group: 'dashboard', role: 'viewer', summary: 'What one check of an app measured over the last hours, with what is usual',
  params: z.object({ app: named }),
  query: z.object({ check: named.describe('As /api/status names it: “liveness”, “http:/checkout”'), hours: z.coerce.number().int().min(1).max(MOST_HOURS).default(24) }),
  answers: {
    200: { about: `At most ${MOST_POINTS} points, oldest first`, schema: z.object({
      version: z.literal(1), app: z.string(), check: z.string(), from: time, to: time,
      points: z.array(z.object({ at: time, verdict: z.enum(VERDICTS), readings: z.number(), notGood: z.number(), meanMs: maybeMs, maxMs: maybeMs })),
      usual: z.union([z.object({ medianMs: z.number(), p95Ms: z.number(), release: z.string() }), z.null()]),
    }) },
    404: { about: 'No such app, or it has no such check' },
  },
  async serve({ params, query, ctx }) {
    const app = await findApp(ctx, params.app);
    const checks = await checksOf(ctx.store.db, app.id);
    const check = checks.find(({ name }) => name === query.check);
    if (!check) throw new HypercareError('target.unknown', 'invalid', `${app.name} has no check “${query.check.slice(0, 60)}”`, `It has: ${checks.map(({ name }) => name).join(', ') || 'none'}.`);
    const until = ctx.now();
    const from = until - query.hours * HOUR_MS;
    const points = await seriesOf(ctx.store.db, check.id, { from, until, stepMs: stepFor(until - from, MOST_POINTS) });
    const json: Series = {
      version: 1, app: app.name, check: check.name, from: iso(from), to: iso(until), usual: await usualOf(ctx, app.name, check),
      points: points.map((point) => ({ at: iso(point.at), verdict: worstOf(point), readings: point.good + point.bad + point.unknown + point.error, notGood: point.bad + point.unknown + point.error, meanMs: meanMs(point), maxMs: point.msMax })),
    };
    return { json };
  },
});

const known = z.object({ release: z.string(), checks: z.array(z.looseObject({ check: z.string(), probe: z.string(), values: z.array(z.union([z.object({ median: z.number(), p95: z.number() }), z.null()])) })) });

/** What readings are held against, as the command “baseline” tells it; of what answers in no time, none. */
async function usualOf(ctx: Context, app: string, { name, probe }: Check): Promise<Series['usual']> {
  if (probe !== 'http') return null;
  const { stable, running } = (await runArgs('baseline', { app }, ctx)).data;
  for (const one of [stable, running]) {
    const read = known.safeParse(one);
    const value = read.data?.checks.find(({ check }) => check === name)?.values[0];
    if (read.data && value) return { medianMs: value.median, p95Ms: value.p95, release: read.data.release };
  }
  return null;
}
