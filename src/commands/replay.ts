import { z } from 'zod';
import { replayCard } from '../cards/replay-card.js';
import { parseDuration } from '../domain/duration.js';
import { HypercareError } from '../domain/errors.js';
import type { Json } from '../domain/json.js';
import { readRecord } from '../policy/decision-record.js';
import { replayed } from '../policy/replay.js';
import { getIncident } from '../store/incidents.js';
import { decidedSince } from '../store/plans.js';
import { lastBadAt } from '../store/samples.js';
import type { Plan } from '../domain/plan.js';
import type { Db } from '../store/schema.js';
import type { Command } from './command.js';
import { iso } from './iso.js';

const MOST = 1_000;
const LONGEST_MS = 400 * 24 * 3_600_000;

const since = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== null && ms > 0 && ms <= LONGEST_MS) return ms;
  context.addIssue({ code: 'custom', message: 'is no duration like 24h or 7d' });
  return z.NEVER;
});
const args = z.strictObject({ policy: z.string().min(1, 'is missing'), since: since.prefault('7d') });

/** What would another policy have decided? Exit 1 where anything would have been decided otherwise. */
export const replay: Command<z.output<typeof args>> = {
  name: 'replay',
  summary: 'what a changed policy would have decided in the past days',
  usage: 'replay --policy <file> [--since <time>]',
  examples: ['replay --policy new.yaml', 'replay --policy new.yaml --since 24h'],
  role: 'viewer',
  readsPolicy: true,
  terminalOnly: true,
  words: {
    positionals: [],
    flags: {
      policy: { type: 'string', about: 'a hypercare.yaml, or a file with nothing but its policy' },
      since: { type: 'string', about: 'how far back (7d)' },
    },
  },
  args,
  async run(wanted, ctx) {
    if (!ctx.readPolicy) throw new HypercareError('denied.place', 'denied', '“replay” reads a file of this machine', 'On the host itself: hypercare replay --policy <file>');
    const policy = await ctx.readPolicy(wanted.policy);
    const from = ctx.now() - wanted.since;
    const kept = await decidedSince(ctx.store.db, ctx.hostId, from, MOST);
    const records = kept.flatMap(({ plan, facts }) => { const record = readRecord(facts); return record === null ? [] : [{ plan, record }]; });
    const { decisions, differences: others } = replayed(records.map(({ record }) => record), policy);
    const differences = await Promise.all(others.map(async (one) => ({ ...one, badForMs: await badAfter(ctx.store.db, records[one.n]?.plan ?? null, { at: one.at, now: ctx.now() }) })));
    return {
      data: {
        version: 1, policy: policy.hash, since: iso(from), decisions,
        differences: differences.map(({ at, target, repair, was, would, badForMs }) => ({ at: iso(at), app: target, repair, was: was as unknown as Json, would: would as unknown as Json, badForMs })),
      },
      card: replayCard({ file: wanted.policy, since: from, decisions, differences }, { now: ctx.now(), timeZone: ctx.timeZone }),
      exit: differences.length === 0 ? 0 : 1,
    };
  },
};

/** For how long readings were bad after a decision, within its incident; null: none was, or none is kept any more. */
async function badAfter(db: Db, plan: Plan | null, { at, now }: { readonly at: number; readonly now: number }): Promise<number | null> {
  if (plan === null) return null;
  const { closedAt } = await getIncident(db, plan.incidentId);
  const last = await lastBadAt(db, plan.targetId, { after: at, until: closedAt ?? now });
  return last === null ? null : last - at;
}
