import { z } from '@hono/zod-openapi';
import { iso } from '../../../src/commands/iso.js';
import { findApp } from '../../../src/commands/find-app.js';
import type { Event } from '../../../src/domain/event.js';
import { eventsSince, getEvents } from '../../../src/store/events.js';
import { route, type Asked, type ServerEvent } from '../route.js';
import { named } from '../shapes.js';

const GROUP = 'live';
const LOOK_EVERY_MS = 1_000;
const PULSE_EVERY_MS = 15_000;
const BATCH = 500;
/** A session that ended meanwhile is let in no more; a browser comes again by itself. */
const SESSION_LISTENS_MS = 10 * 60_000;

export const eventsRoute = route({
  method: 'get', path: '/api/events', group: GROUP, role: 'viewer',
  summary: 'What happens, as server-sent events: ids and facts; last-event-id goes on where a listener stopped',
  answers: { 200: { about: 'For as long as you listen', types: ['text/event-stream'] }, 503: { about: 'Too many listen already' } },
  serve: async (asked) => ({ events: happenings(asked) }),
});

/** One listener reads the store at its own pace, and holds no more than a batch. */
async function* happenings({ ctx, parts: { clock }, header, signal }: Asked<unknown, unknown, unknown>): AsyncGenerator<ServerEvent> {
  const last = (await getEvents(ctx.store.db, [header('last-event-id') ?? '']))[0];
  let since = last?.at ?? ctx.now();
  let seen = new Set<string>(last ? [last.id] : []);
  let spokeAt = clock.monotonic();
  const until = ctx.via === 'web' ? spokeAt + SESSION_LISTENS_MS : Number.POSITIVE_INFINITY;
  yield { event: 'pulse', data: null };
  while (!signal.aborted && clock.monotonic() < until) {
    const found = (await eventsSince(ctx.store.db, ctx.hostId, since, BATCH)).filter(({ id }) => !seen.has(id));
    for (const event of found) yield told(event);
    const newest = found.at(-1)?.at ?? since;
    // Only those of the newest moment can come again.
    seen = new Set([...(newest === since ? seen : []), ...found.filter(({ at }) => at === newest).map(({ id }) => id)]);
    since = newest;
    if (found.length > 0) spokeAt = clock.monotonic();
    else await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    if (clock.monotonic() - spokeAt < PULSE_EVERY_MS) continue;
    spokeAt = clock.monotonic();
    yield { event: 'pulse', data: null };
  }
}

function told({ id, kind, incidentId, launchId, at, body }: Event): ServerEvent {
  return { id, event: kind, data: { id, kind, incidentId, launchId, at: iso(at), body } };
}

export const deployHookRoute = route({
  method: 'post', path: '/hooks/deploy/{app}', group: GROUP, role: 'operator',
  summary: 'For the end of a deploy script: what runs of an app is looked at now, and not at the next reading',
  params: z.object({ app: named }),
  answers: { 200: { about: 'It was looked for', schema: z.object({ version: z.literal(1), app: z.string(), looked: z.literal(true) }) }, 404: { about: 'No such app' }, 503: { about: 'No monitor runs' } },
  async serve({ params, ctx }) {
    const app = await findApp(ctx, params.app);
    await ctx.ask({ verb: 'look', resourceId: app.id, args: { app: app.name } });
    return { json: { version: 1, app: app.name, looked: true } };
  },
});
