import { z } from 'zod';
import { holdCard, type HoldShown } from '../cards/hold-card.js';
import type { HoldId } from '../domain/ids.js';
import type { Json } from '../domain/json.js';
import { parseDuration } from '../domain/duration.js';
import { readFreeze } from '../store/freeze-file.js';
import { activeHolds, getHold } from '../store/holds.js';
import { strangeAnswer } from './accepted.js';
import type { Context, Result } from './command.js';
import { iso } from './iso.js';

const LEAST_MS = 60_000;
const MOST_MS = 30 * 24 * 3_600_000;

/** How long a hold lasts: '30m', '2h', '3d'. */
export const lasting = z.string().trim().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== null && ms >= LEAST_MS && ms <= MOST_MS) return ms;
  context.addIssue({ code: 'custom', message: 'must be a time like 30m, 2h or 3d, from 1m to 30d' });
  return z.NEVER;
});

const begun = z.object({ holdId: z.string() });

/** The monitor's answer to a wish for a hold. */
export async function holdBegun(said: Json, ctx: Context): Promise<Result> {
  const answer = begun.safeParse(said);
  if (!answer.success) throw strangeAnswer();
  const hold = await getHold(ctx.store.db, answer.data.holdId as HoldId);
  return { data: { version: 1, hold: holdDocument(hold) }, card: holdCard(hold, [], { now: ctx.now(), timeZone: ctx.timeZone }), exit: 0 };
}

/** Everything that holds now, the freeze file first: it holds before the monitor has seen it, and without a monitor. */
export async function holdsNow(ctx: Context): Promise<readonly HoldShown[]> {
  const rows = await activeHolds(ctx.store.db, ctx.hostId, ctx.now());
  const file = ctx.freezeFile === undefined ? null : await readFreeze(ctx.freezeFile);
  if (file === null || file.since === null || rows.some(({ key }) => key === 'freeze-file')) return rows;
  return [{ kind: 'freeze', scope: '*', author: file.author, reason: file.reason, from: file.since, until: null }, ...rows];
}

export function holdDocument(hold: HoldShown): Json {
  return { kind: hold.kind, scope: hold.scope, author: hold.author, reason: hold.reason, from: iso(hold.from), until: iso(hold.until) };
}
