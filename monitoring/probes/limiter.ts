import { z } from 'zod';
import type { Reading } from '../../src/domain/check.js';
import { HypercareError } from '../../src/domain/errors.js';
import { isNear, shownIdentity } from '../../src/domain/limiters/shown-identity.js';
import type { Io } from '../../src/io/io.js';
import { surveyCounters, type Counter, type CounterSurvey } from '../../src/io/limiter-counters.js';
import { gatesOf, letsNothingPass, type Gate } from '../../src/io/limiter-gates.js';
import { limitersOfApp } from '../../src/io/limiters-of-app.js';
import type { Limiter } from '../../src/domain/limiters/limiter.js';
import type { Probe } from './probe.js';

const options = z.strictObject({
  processes: z.array(z.string()),
  limiters: z.array(z.strictObject({ prefix: z.string(), limit: z.number().nullable() })),
  /** The Redis servers that the app uses. */
  servers: z.array(z.strictObject({ name: z.string(), url: z.string() })),
});

type Options = z.output<typeof options>;

/** In thousands of keys of a server: a fraction of a second. */
const MOST_BATCHES = 100;
const MOST_NAMED = 3;
const MOST_NOTE = 190;

/**
 * Whom the app's rate limiters count in a Redis, and turn away. It is never bad: a limiter that turns somebody away may do
 * what it is for; what is wrong with it the detector says. `libraries` are those in package.json; `counted` are counters;
 * `blocked` are those above their limit, null where no limit is known; `near` is 1 where this machine or a proxy is among
 * these; `stopped` are limiters of jobs that let nothing pass. The note names the worst.
 */
export const limiter: Probe<Options> = { kind: 'limiter', options, fields: ['libraries', 'counted', 'blocked', 'near', 'stopped'], measure };

interface Seen {
  readonly limiter: Limiter;
  readonly survey: CounterSurvey;
}

async function measure({ processes, limiters: configured, servers }: Options, io: Io, signal: AbortSignal): Promise<Reading> {
  const listed = (await io.pm2.list()).filter(({ name }) => processes.includes(name));
  const { libraries, inRedis } = await limitersOfApp(listed, configured);
  const seen: Seen[] = [];
  const gates: Gate[] = [];
  try {
    for (const { url } of servers) {
      for (const one of inRedis) {
        if (one.library?.counts === 'jobs') gates.push(...(await gatesOf(io, url, one, { signal, mostBatches: MOST_BATCHES })));
        else seen.push({ limiter: one, survey: await surveyCounters(io, url, one, { signal, mostBatches: MOST_BATCHES }) });
      }
    }
  } catch (thrown) {
    return withoutLook(libraries.length, thrown);
  }
  return readingOf(libraries.length, seen, gates);
}

/** Its Redis has a check of its own, which says what is wrong with it. */
function withoutLook(libraries: number, thrown: unknown): Reading {
  if (!(thrown instanceof HypercareError)) throw thrown;
  const values = [libraries, null, null, null, null];
  if (thrown.code === 'redis.too_many') return { verdict: 'good', ms: null, values, note: `its Redis has more than ${MOST_BATCHES},000 keys, so nobody looks whom it counts` };
  if (thrown.code === 'redis.rights') return { verdict: 'good', ms: null, values, note: 'its user may not look at the counters of limiters' };
  return { verdict: 'unknown', ms: null, values, note: 'the Redis in which it counts cannot be asked' };
}

function readingOf(libraries: number, seen: readonly Seen[], gates: readonly Gate[]): Reading {
  const judged = seen.filter(({ survey }) => survey.blockedCount !== null);
  const blocked = judged.reduce((sum, { survey }) => sum + (survey.blockedCount ?? 0), 0);
  const near = judged.some(({ survey }) => survey.blocked?.some(({ identity }) => isNear(identity)));
  const stopped = gates.filter(letsNothingPass);
  return {
    verdict: 'good', ms: null,
    values: [libraries, seen.reduce((sum, { survey }) => sum + survey.counted, 0), judged.length === 0 ? null : blocked, judged.length === 0 ? null : Number(near), stopped.length],
    note: noteOf(seen, stopped),
  };
}

/** The worst, by name: those above a limit where one is known, else those that asked most. */
function noteOf(seen: readonly Seen[], stopped: readonly Gate[]): string | null {
  const named = seen.flatMap(({ limiter: { limit }, survey }) => (survey.blocked ?? survey.highest).slice(0, MOST_NAMED).map((counter) => sayCounter(counter, limit)));
  const waiting = stopped.slice(0, MOST_NAMED).map(({ id, waiting: jobs }) => `${shownIdentity(id)} (${jobs} ${jobs === 1 ? 'job waits' : 'jobs wait'})`);
  const said = [...waiting, ...named].slice(0, 2 * MOST_NAMED).join(', ');
  return said === '' ? null : said.slice(0, MOST_NOTE);
}

function sayCounter({ identity, route, count }: Counter, limit: number | null): string {
  const where = route === null ? '' : ` at ${shownIdentity(route)}`;
  return `${shownIdentity(identity)}${where} (${count}${limit === null ? '' : ` of ${limit}`})`;
}
