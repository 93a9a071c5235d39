import type { Json } from '../../src/domain/json.js';
import { maskForeign } from '../../src/io/mask.js';
import { saidQuery } from '../../src/io/postgres-query.js';
import { pgSessions } from '../../src/io/postgres-sessions.js';
import type { Collector } from './collector.js';

const MOST_SESSIONS = 40;
const QUERY_CHARS = 300;
const TIMEOUT_MS = 2_000;

/** Who was connected and did what, those that wait and what holds them up first; of queries no value that stands in them. */
export const postgres: Collector<readonly Json[]> = {
  kind: 'postgres',
  of: 'postgres',
  async collect({ url }, io, signal) {
    if (url === null) throw new Error('the config names no address');
    const server = { url, timeoutMs: TIMEOUT_MS };
    const sessions = (await pgSessions(io.postgres, server, signal)).filter(({ ours }) => !ours);
    const shown = [...sessions].sort((a, b) => Number(isIdle(a)) - Number(isIdle(b))).slice(0, MOST_SESSIONS);
    const queries = await io.postgres.ask<{ readonly pid: number; readonly query: string | null }>(server, { sql: 'select pid, left(query, 2000) as query from pg_stat_activity where pid = any($1)', values: [shown.map(({ pid }) => pid)] }, signal);
    const queryOf = new Map(queries.map(({ pid, query }) => [pid, query ?? '']));
    return shown.map(({ pid, app, kind, state, inTransactionMs, inStateMs, waitedMs, blockers }) => ({
      pid, app, kind, state, inTransactionMs: rounded(inTransactionMs), inStateMs: rounded(inStateMs), waitedMs: rounded(waitedMs), waitsFor: [...blockers], query: maskForeign(saidQuery(queryOf.get(pid) ?? '', QUERY_CHARS)),
    }));
  },
};

function isIdle({ state }: { readonly state: string | null }): boolean {
  return state === 'idle';
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}
