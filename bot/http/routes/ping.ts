import { z } from '@hono/zod-openapi';
import { FAILED } from '../../../src/domain/job.js';
import { HypercareError } from '../../../src/domain/errors.js';
import { notePing, type Ping } from '../../../src/store/pings.js';
import { jobsWithin, pingedBy } from '../pings.js';
import { route, type Answer, type Asked } from '../route.js';
import { named } from '../shapes.js';

const GROUP = 'pings';
const token = named.describe('The token of the job, whose hash stands under “jobs” in hypercare.yaml');
const what = z.string().regex(/^(?:start|fail|\d{1,3})$/, 'must be start, fail, or an exit status from 0 to 255').refine((text) => !(Number(text) > 255), 'must be an exit status from 0 to 255');
const answers = { 200: { about: 'It was written down', types: ['text/plain'] }, 404: { about: 'No job has this token' } };

type PingAsked = Asked<{ readonly id: string; readonly what?: string }, unknown, unknown>;

/** As healthchecks.io has them: a job that can call an address can ping. What a POST sends along is not read. */
export const pingRoutes = (['get', 'post'] as const).flatMap((method) => [
  route({ method, path: '/ping/{id}', group: GROUP, role: null, summary: 'A job ran well; GET, POST or HEAD', params: z.object({ id: token }), answers, serve: take }),
  route({ method, path: '/ping/{id}/{what}', group: GROUP, role: null, summary: 'A job began (start), failed (fail), or ended with this exit status', params: z.object({ id: token, what }), answers, serve: take }),
]);

async function take({ params, ctx, parts, shared }: PingAsked): Promise<Answer> {
  const id = pingedBy(`/ping/${params.id}`) ?? '';
  const name = (await jobsWithin(parts, shared)).get(id);
  if (name === undefined) throw new HypercareError('job.unknown', 'invalid', 'no job has this token', 'The hash of the token stands under “jobs: <name>: ping” in hypercare.yaml; after a change run “npm start”.');
  await ctx.store.write((tx) => notePing(tx, parts.hostId, { id, ping: pingOf(params.what), at: ctx.now() }));
  return { text: 'OK', type: 'text/plain; charset=utf-8' };
}

function pingOf(said: string | undefined): Ping {
  if (said === 'start') return { kind: 'start' };
  return { kind: 'end', exit: said === undefined ? 0 : said === 'fail' ? FAILED : Number(said) };
}
