import { z } from 'zod';
import { auditCard } from '../cards/audit-card.js';
import type { Json } from '../domain/json.js';
import { brokenAt, readAudit } from '../store/audits.js';
import type { Command } from './command.js';
import { iso } from './iso.js';

const MOST = 1_000;

const limit = z.coerce.number('is not a number').int('is not a whole number').min(1, 'is less than 1').max(MOST, `is more than ${MOST}`);
const args = z.strictObject({ limit: limit.default(20) });

/** Who did what, when and why; every entry's hash is looked at, not only those shown. Exit 1 when the chain is broken. */
export const audit: Command<z.output<typeof args>> = {
  name: 'audit',
  summary: 'who did what, when and why; and whether nobody changed it',
  usage: 'audit [--limit <n>]',
  examples: ['audit', 'audit --limit 100'],
  role: 'viewer',
  terminalOnly: true,
  words: { positionals: [], flags: { limit: { type: 'string', about: `how many of the newest entries, at most ${MOST} (20)` } } },
  args,
  async run(wanted, ctx) {
    const entries = await readAudit(ctx.store.db, ctx.hostId, wanted.limit);
    const broken = await brokenAt(ctx.store.db, ctx.hostId);
    return {
      data: {
        version: 1, brokenAt: broken,
        entries: entries.map(({ seq, at, who, what, why, body, hash }) => ({ seq, at: iso(at), who, what, why, body: bodyOf(body), hash })),
      },
      card: auditCard(entries, broken, { now: ctx.now(), timeZone: ctx.timeZone }),
      exit: broken === null ? 0 : 1,
    };
  },
};

/** A changed entry may hold anything: then it is shown as it stands. */
function bodyOf(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return body;
  }
}
