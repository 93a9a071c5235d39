import { z } from '@hono/zod-openapi';
import { runPressed } from '../../../src/commands/run-words.js';
import { boardNow } from '../board.js';
import { route } from '../route.js';
import { anything, maybeTime, time } from '../shapes.js';

const GROUP = 'dashboard';
const card = z.looseObject({ level: z.enum(['critical', 'warning', 'info', 'good']), title: z.string(), body: z.array(z.string()), buttons: z.array(z.looseObject({ label: z.string(), token: z.string() })) }).describe('As chats draw it');
const incident = z.looseObject({ id: z.string(), at: z.string(), severity: z.string(), title: z.string(), began: time, endedAt: maybeTime, doing: z.string() });

/** Its one name; UTC for what is none. So there are no more boards at one time than there are zones. */
function zoneNamed(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

export const boardRoute = route({
  method: 'get', path: '/api/board', group: GROUP, role: 'viewer', summary: 'Everything the dashboard shows, at one time',
  query: z.object({ zone: z.string().max(60).default('UTC').transform(zoneNamed).describe('IANA name of the zone in which cards tell times') }),
  answers: { 200: { about: 'The board', schema: z.object({
    version: z.literal(1), at: time, host: z.string(), status: card, score: z.looseObject({ score: z.union([z.number(), z.null()]) }), scores: z.array(z.object({ at: time, score: z.union([z.number(), z.null()]) })),
    questions: z.array(z.object({ id: z.string(), app: z.string(), expiresAt: time, card })), incidents: z.array(incident), apps: z.array(z.looseObject({ app: z.string(), verdict: z.string() })),
    runs: z.array(z.looseObject({ id: z.string(), repair: z.string(), at: z.string(), state: z.string(), startedAt: time, endedAt: maybeTime })), statistics: z.record(z.string(), z.looseObject({ detected: z.number() })),
  }) } },
  serve: async ({ query, ctx, parts, shared }) => ({ json: await shared(`board ${query.zone}`, () => boardNow({ ...ctx, timeZone: query.zone }, parts.hostName)) }),
});

export const pressRoute = route({
  method: 'post', path: '/api/press', group: GROUP, role: 'viewer', summary: 'Press a button of a card by its token; what it asks for demands its own role',
  body: { required: true, schema: z.strictObject({ token: z.string().max(60) }) },
  answers: { 200: { about: 'What came of it, as a card and as the command’s document', schema: z.object({ version: z.literal(1), exit: z.number().int(), card, result: anything }) }, 404: { about: 'What it asked about is not there' } },
  async serve({ body, ctx, parts }) {
    const { card: told, data, exit } = await runPressed(body.token, ctx);
    parts.log.info({ platform: ctx.via, person: ctx.person?.name ?? ctx.userId, said: 'a button' }, 'a person asked');
    return { json: { version: 1, exit, card: told, result: data } };
  },
});
