import { sayDuration } from './duration.js';

/** When a job has to ping, in milliseconds. */
export interface JobRule {
  readonly everyMs: number;
  /** So much later than `everyMs` is late. */
  readonly graceMs: number;
  /** It may run so long between its ping at the start and the one at its end. */
  readonly longestMs: number;
}

/** What is known of a job's pings. Times are the wall clock's. */
export interface JobPings {
  /** Since when pings are taken. */
  readonly since: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** How the newest run ended: 0 is well; null: none has ended yet. */
  readonly exit: number | null;
  /** How long the newest run took; null where it told no start. */
  readonly ranMs: number | null;
  /** When pings could last be taken, and the last time before that in which for a while they could not. */
  readonly heardAt: number;
  readonly deafFrom: number | null;
  readonly deafUntil: number | null;
}

export type JobState = 'waiting' | 'running' | 'well' | 'failed' | 'late' | 'overrun' | 'unheard';

/** Whoever could take no ping for so long may have lost one; a client that tries again gets over less. */
export const DEAF_MS = 60_000;
/** The exit status of a job that told only that it failed. */
export const FAILED = -1;

/**
 * How a job is, from its pings alone. A ping that is missing says nothing where nobody could take it: that is our
 * trouble, for as long as the next one may take. A failure that was told stays one until a run goes well.
 */
export function judgeJob(pings: JobPings, rule: JobRule, now: number): { readonly state: JobState; readonly note: string } {
  const running = pings.startedAt !== null && pings.startedAt > (pings.endedAt ?? Number.NEGATIVE_INFINITY);
  const missing = running ? overrun(pings, rule, now) : late(pings, rule, now);
  if (missing !== null) return lost(pings, rule, now) ?? missing;
  if (pings.exit !== null && pings.exit !== 0) return { state: 'failed', note: `failed${pings.exit === FAILED ? '' : ` with exit status ${pings.exit}`}, ${ago(pings.endedAt, now)}${running ? ', and runs again' : ''}` };
  if (running) return { state: 'running', note: `has run for ${span(pings.startedAt, now)}` };
  if (pings.endedAt === null) return { state: 'waiting', note: `has not pinged yet; it has to within ${sayDuration(rule.everyMs + rule.graceMs)} of ${ago(pings.since, now)}` };
  return { state: 'well', note: `pinged ${ago(pings.endedAt, now)}${pings.ranMs === null ? '' : `, after ${sayDuration(pings.ranMs)}`}` };
}

function overrun({ startedAt }: JobPings, { longestMs }: JobRule, now: number): { readonly state: 'overrun'; readonly note: string } | null {
  if (now - (startedAt ?? now) <= longestMs) return null;
  return { state: 'overrun', note: `began ${ago(startedAt, now)} and has not ended; it may run ${sayDuration(longestMs)}` };
}

function late({ endedAt, since }: JobPings, { everyMs, graceMs }: JobRule, now: number): { readonly state: 'late'; readonly note: string } | null {
  if (now - (endedAt ?? since) <= everyMs + graceMs) return null;
  const must = `it has to every ${sayDuration(everyMs)}, ${sayDuration(graceMs)} late at most`;
  return { state: 'late', note: endedAt === null ? `has never pinged, in ${span(since, now)}; ${must}` : `last pinged ${ago(endedAt, now)}; ${must}` };
}

/** What is awaited may have come while nobody could take it, and the next one is not due yet. */
function lost({ heardAt, startedAt, endedAt, since, deafUntil }: JobPings, { everyMs, graceMs }: JobRule, now: number): { readonly state: 'unheard'; readonly note: string } | null {
  if (now - heardAt > DEAF_MS) return { state: 'unheard', note: `nobody has taken pings for ${span(heardAt, now)}: the bot does not run, or cannot listen` };
  if (deafUntil === null || deafUntil <= Math.max(since, startedAt ?? 0, endedAt ?? 0) || now - deafUntil > everyMs + graceMs) return null;
  return { state: 'unheard', note: `may have pinged while nobody could take it, until ${ago(deafUntil, now)}` };
}

/** A clock that was set back leaves no time that lies ahead. */
function span(from: number | null, now: number): string {
  return sayDuration(Math.max(0, now - (from ?? now)));
}

function ago(at: number | null, now: number): string {
  return `${span(at, now)} ago`;
}
