import { covers, EVERYTHING, holdsHands, holdsPeopleToo, isWaitedFor, type Hold } from '../../src/domain/hold.js';
import type { Incident } from '../../src/domain/incident.js';
import type { Decision } from '../../src/domain/plan.js';
import { stormBelow } from '../../src/domain/storm.js';
import { tell } from '../../src/store/events.js';
import { readFreeze } from '../../src/store/freeze-file.js';
import { activeHolds, beginHold, endHold, type NewHold } from '../../src/store/holds.js';
import { changeIncident, openIncidents } from '../../src/store/incidents.js';
import { plansOf } from '../../src/store/plans.js';
import { getResource } from '../../src/store/resources.js';
import type { Db } from '../../src/store/schema.js';
import { escalate } from './closing.js';
import { record } from './record.js';
import { NEVER, type StageContext } from './stage.js';

/** What of a hold policy looks at. */
export type InForce = Pick<Hold, 'kind' | 'author' | 'reason'>;

interface Held {
  readonly name: string;
  readonly askedBy: string | null;
  /** What its target ails, where the incident is another resource's: a hold on that holds the plan too. Null: nothing. */
  readonly ails: string | null;
}

/** The holds over a target's hands right now, the freeze file first: it is looked at anew each time, and needs no store. */
export async function holdsOver(db: Db, ctx: StageContext, on: Held): Promise<readonly InForce[]> {
  const file = await readFreeze(ctx.freezeFile);
  const rows = await activeHolds(db, ctx.hostId, ctx.clock.now());
  const held = rows.filter((hold) => holdsHands(hold) && coversPlan(hold, on) && (on.askedBy === null || holdsPeopleToo(hold)));
  return file === null ? held : [{ kind: 'freeze', author: file.author, reason: file.reason }, ...held];
}

/** Apps are held for the trouble of what they need, but for the one that is why. */
function coversPlan(hold: Hold, { name, ails }: Held): boolean {
  if (ails === null) return covers(hold, name);
  return covers(hold, ails) || (covers(hold, name) && (hold.key !== stormBelow(ails) || hold.scope === EVERYTHING));
}

/** Why no further step may begin; null: go on. Only what people stopped reaches into a remediation that runs. */
export async function frozenNow(ctx: StageContext, name: string): Promise<string | null> {
  const file = await readFreeze(ctx.freezeFile);
  const freeze = file ?? (await activeHolds(ctx.store.db, ctx.hostId, ctx.clock.now())).find((hold) => hold.kind === 'freeze' && covers(hold, name));
  return freeze ? `${freeze.author} froze it (${freeze.reason})` : null;
}

/** Null where one with its key is in force already. */
export async function begin(tx: Db, ctx: StageContext, hold: NewHold): Promise<Hold | null> {
  const now = ctx.clock.now();
  const begun = await beginHold(tx, ctx.hostId, hold, now);
  if (begun === null) return null;
  await record(tx, ctx, { who: hold.author, what: `${hold.kind} of ${scopeText(hold)} began`, why: hold.reason, body: { hold: begun.id, kind: hold.kind, scope: hold.scope, until: hold.until } });
  if (isTold(begun)) await tell(tx, ctx.hostId, { kind: 'hold.began', body: { hold: begun.id } }, now);
  return begun;
}

/** What ended it is a person's word, or a cause that is told in its place. What had waited for it goes on. */
export async function end(tx: Db, ctx: StageContext, hold: Hold, ended: { readonly person: string } | { readonly cause: string }): Promise<void> {
  const now = ctx.clock.now();
  const [who, by] = 'person' in ended ? [ended.person, ended.person] : ['hypercare', ended.cause];
  if (!(await endHold(tx, hold.id, by, now))) return;
  await record(tx, ctx, { who, what: `${hold.kind} of ${scopeText(hold)} ended`, why: 'person' in ended ? `${hold.author} had begun it: ${hold.reason}` : by, body: { hold: hold.id, kind: hold.kind } });
  if (isTold(hold)) await tell(tx, ctx.hostId, { kind: 'hold.ended', body: { hold: hold.id } }, now);
  if (holdsHands(hold)) await goOn(tx, ctx, hold);
}

/** A plan met a hold: the incident is kept from being planned anew at every look, and goes on when the hold ends. */
export async function afterHold(tx: Db, ctx: StageContext, incident: Incident, of: { readonly repair: string; readonly decision: Decision }): Promise<void> {
  const { repair, decision } = of;
  if (!isWaitedFor(decision.rule.slice('hold:'.length))) return escalate(tx, ctx, incident, `would have run ${repair}, but ${decision.why}`);
  await changeIncident(tx, incident.id, { state: 'open', nextAt: NEVER, reason: `waits with ${repair}: ${decision.why}` });
  await tell(tx, ctx.hostId, { kind: 'incident.changed', incidentId: incident.id }, ctx.clock.now());
}

/** Incidents whose last plan was denied by a hold are planned for again; where another hold still covers them, it is that one they name from now on. */
async function goOn(tx: Db, ctx: StageContext, over: Hold): Promise<void> {
  for (const incident of await openIncidents(tx, ctx.hostId)) {
    const last = (await plansOf(tx, incident.id)).at(-1);
    if (last?.state !== 'denied' || last.rule?.startsWith('hold:') !== true) continue;
    const names = await Promise.all([incident.resourceId, last.targetId].map(async (id) => (await getResource(tx, id)).name));
    if (!names.some((name) => covers(over, name))) continue;
    await changeIncident(tx, incident.id, { state: 'open', nextAt: ctx.clock.now(), reason: null });
  }
}

/** Of one cause people get one message: a dependency's own incident says that its apps are left alone. */
function isTold({ kind, scope }: Hold): boolean {
  return kind !== 'storm' || scope === EVERYTHING;
}

export function scopeText({ scope }: Pick<Hold, 'scope'>): string {
  return scope === EVERYTHING ? 'everything' : scope.replaceAll(',', ', ');
}
