import { calls } from '../src/cards/call.js';
import type { Event, EventKind } from '../src/domain/event.js';
import { isGrave } from '../src/domain/hold.js';
import { openUntil, type TimeWindow } from '../src/domain/time-window.js';
import { cardRef } from '../src/store/card-refs.js';
import { getHold } from '../src/store/holds.js';
import { getIncident } from '../src/store/incidents.js';
import type { Db } from '../src/store/schema.js';
import { NEWS, subjectOf } from './subjects.js';
import { holdIn } from './told-hold.js';

/** hypercare itself cannot do its work. */
const OWN_TROUBLE: readonly EventKind[] = ['monitor.pm2_lost', 'monitor.blind', 'store.full'];

export interface QuietChannel {
  readonly channel: string;
  readonly quietHours: readonly TimeWindow[];
}

/**
 * Until when an event waits, because in these hours people hear of what is critical alone; null: it is told now. A card
 * that stands is kept true all the same: to edit it wakes nobody.
 */
export async function quietUntil(db: Db, { channel, quietHours }: QuietChannel, event: Event, now: number): Promise<number | null> {
  const until = openUntil(quietHours, now);
  if (until === null || (await isUrgent(db, event))) return null;
  const isEdit = !NEWS.has(event.kind) && !calls(event.kind) && (await cardRef(db, subjectOf(event), channel)) !== undefined;
  return isEdit ? null : until;
}

/** What somebody asked for just now is not kept from whoever has to decide. */
async function isUrgent(db: Db, event: Event): Promise<boolean> {
  const { kind, incidentId } = event;
  const hold = holdIn(event);
  // By morning it would be told as an alarm that is hours old.
  if (kind === 'hold.began' && hold !== null) return isGrave(await getHold(db, hold));
  if (incidentId === null) return OWN_TROUBLE.includes(kind);
  const incident = await getIncident(db, incidentId);
  return incident.severity === 'critical' || incident.emergency || incident.kind === 'manual';
}
