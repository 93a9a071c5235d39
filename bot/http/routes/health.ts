import { z } from '@hono/zod-openapi';
import { iso } from '../../../src/commands/iso.js';
import { isWatched } from '../../../src/domain/app-status.js';
import { watchOf } from '../../../src/store/watch.js';
import { families } from '../metrics.js';
import { drawMetrics, metricsDocument, TEXT_TYPE } from '../metric-text.js';
import { route, type Asked } from '../route.js';
import { maybeTime } from '../shapes.js';

const GROUP = 'health';
const schema = z.looseObject({ status: z.enum(['healthy', 'unhealthy']), why: z.array(z.string()), monitor: z.looseObject({ running: z.boolean(), seenAt: maybeTime }), store: z.looseObject({ readable: z.boolean() }) });

/** For whoever watches from outside: does hypercare itself work? Nothing of the apps is told here. */
export const healthRoute = route({
  method: 'get', path: '/health', group: GROUP, role: null, summary: 'Whether hypercare works: 200 or 503',
  answers: { 200: { about: 'The monitor lives, PM2 answers, the store can be read', schema }, 503: { about: 'One of them does not, and why', schema } },
  async serve({ ctx }) {
    const watch = await watchOf(ctx.store.db, ctx.hostId).catch(() => null);
    const running = watch !== null && isWatched(watch, ctx.now());
    const why = watch === null ? ['the store cannot be read'] : [
      ...(running ? [] : ['no monitor runs']), ...(watch.pm2LostAt === null ? [] : ['the daemon of PM2 does not answer']), ...(watch.storeFullAt === null ? [] : ['the disk of the store is full']),
    ];
    const body = { status: why.length === 0 ? 'healthy' : 'unhealthy', why, monitor: { running, seenAt: iso(watch?.monitorSeenAt ?? null) }, store: { readable: watch !== null } };
    return { status: why.length === 0 ? 200 : 503, json: body };
  },
});

/** A scraper says which text it reads; a person or a program that says nothing gets JSON. */
const WANTS_TEXT = /text\/plain|application\/openmetrics-text/;

const made = ({ ctx, parts, shared }: Pick<Asked<unknown, unknown, unknown>, 'ctx' | 'parts' | 'shared'>) => shared('metrics', () => families(ctx, parts.release));

async function text({ ctx, parts, shared }: Asked<unknown, unknown, unknown>) {
  return { text: await shared('metrics.text', async () => drawMetrics(await made({ ctx, parts, shared }))), type: TEXT_TYPE };
}

export const metricsRoute = route({
  method: 'get', path: '/metrics', group: GROUP, role: 'nearby', summary: 'Metrics as JSON; as Prometheus reads them where the accept header asks for text/plain',
  answers: { 200: { about: 'Every metric with its values', schema: z.object({ version: z.literal(1), at: z.string(), metrics: z.record(z.string(), z.object({ type: z.string(), help: z.string(), values: z.array(z.looseObject({})) })) }), types: ['text/plain'] } },
  async serve(asked) {
    if (WANTS_TEXT.test(asked.header('accept') ?? '')) return text(asked);
    return { json: { version: 1, at: iso(asked.ctx.now()), metrics: metricsDocument(await made(asked)) } };
  },
});

export const prometheusRoute = route({
  method: 'get', path: '/metrics/prometheus', group: GROUP, role: 'nearby', summary: 'Metrics as Prometheus reads them, whatever is asked for',
  answers: { 200: { about: 'Text format 0.0.4', types: ['text/plain'] } },
  serve: (asked) => text(asked),
});
