import { z } from 'zod';
import { auditCard, exportCard, verifyCard, type TrailChecked } from '../cards/audit-card.js';
import { HypercareError } from '../domain/errors.js';
import type { Json } from '../domain/json.js';
import { judgeAnchor, readAnchor } from '../store/audit-anchor.js';
import { checkChain } from '../store/audit-chain.js';
import { auditHead, eachAudit, mismatchesOf, readAudit } from '../store/audits.js';
import type { AuditsTable } from '../store/schema.js';
import type { Command, Context, Document, Result } from './command.js';
import { iso } from './iso.js';

const MOST = 1_000;

const limit = z.coerce.number('is not a number').int('is not a whole number').min(1, 'is less than 1').max(MOST, `is more than ${MOST}`);
const args = z.strictObject({ what: z.enum(['verify', 'export'], 'is neither verify nor export').optional(), limit: limit.default(20) });

/** Who did what, when and why; every entry's hash is looked at, not only those shown. Exit 1 when the chain is broken, 3 when it cannot be read. */
export const audit: Command<z.output<typeof args>> = {
  name: 'audit',
  summary: 'who did what, when and why; and whether nobody changed it',
  usage: 'audit [verify|export] [--limit <n>]',
  examples: ['audit', 'audit --limit 100', 'audit verify', 'audit export'],
  role: 'viewer',
  terminalOnly: true,
  words: { positionals: ['what'], flags: { limit: { type: 'string', about: `how many of the newest entries, at most ${MOST} (20)` } } },
  args,
  async run(wanted, ctx) {
    if (wanted.what === 'export') return exportAll(ctx);
    const checked = await check(ctx);
    return wanted.what === 'verify' ? verify(checked, ctx) : list(checked, wanted.limit, ctx);
  },
};

async function list(checked: TrailChecked, most: number, ctx: Context): Promise<Result> {
  const entries = await readAudit(ctx.store.db, ctx.hostId, most);
  return {
    data: { version: 1, brokenAt: checked.fault?.seq ?? null, entries: entries.map(({ seq, at, who, what, why, body, hash }) => ({ seq, at: iso(at), who, what, why, body: bodyOf(body), hash })) },
    card: auditCard(entries, checked, { now: ctx.now(), timeZone: ctx.timeZone }),
    exit: isWhole(checked) ? 0 : 1,
  };
}

function verify(checked: TrailChecked, ctx: Context): Result {
  const { entries, head, fault, anchor } = checked;
  return {
    data: {
      version: 1, whole: isWhole(checked), entries, head: head && { ...head }, fault: fault && { ...fault },
      anchor: anchor && { seq: anchor.seq, hash: anchor.hash, at: iso(anchor.at), verdict: anchor.verdict },
    },
    card: verifyCard(checked, { now: ctx.now(), timeZone: ctx.timeZone }),
    exit: isWhole(checked) ? 0 : 1,
  };
}

async function exportAll(ctx: Context): Promise<Result> {
  const entries = (await auditHead(ctx.store.db, ctx.hostId))?.seq ?? 0;
  return { data: { version: 1, entries }, card: exportCard(entries), exit: 0, lines: lines(ctx) };
}

async function* lines({ store, hostId }: Context): AsyncGenerator<Document> {
  for await (const row of eachAudit(store.db, hostId)) yield line(row);
}

/** Everything that the hash is over, in words of its own. */
function line({ host_id, seq, at, who, what, why, body, prev, hash }: AuditsTable): Document {
  return { version: 1, host: host_id, seq, at: iso(at), who, what, why, body: bodyOf(body), prev, hash };
}

/** Reads the whole chain, and what is known of its end outside of the store. */
async function check(ctx: Context): Promise<TrailChecked> {
  const { store: { db }, hostId, auditAnchor: file } = ctx;
  try {
    const report = await checkChain(db, hostId);
    const kept = file === undefined ? null : await readAnchor(file);
    return { ...report, mismatches: await mismatchesOf(db, hostId), anchor: kept && { ...kept, verdict: await judgeAnchor(db, hostId, kept) } };
  } catch (error) {
    if (error instanceof HypercareError) throw error;
    throw new HypercareError('audit.unreadable', 'transient', 'the audit trail could not be read', 'Check that the store can be read: its disk, its permissions, or PostgreSQL.', { cause: error });
  }
}

function isWhole({ fault, anchor }: TrailChecked): boolean {
  return fault === null && (anchor === null || anchor.verdict === 'holds');
}

/** A changed entry may hold anything: then it is shown as it stands. */
function bodyOf(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return body;
  }
}
