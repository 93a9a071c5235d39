import type { ToldCard } from '../src/cards/card.js';
import { holdCard } from '../src/cards/hold-card.js';
import type { Reader } from '../src/cards/say-time.js';
import type { Event } from '../src/domain/event.js';
import { covers, holdsCalls, type Hold, type HoldKind } from '../src/domain/hold.js';
import type { EventId, HoldId, HostId } from '../src/domain/ids.js';
import { cardRef } from '../src/store/card-refs.js';
import { getHold, openHolds } from '../src/store/holds.js';
import { getIncident, openIncidents } from '../src/store/incidents.js';
import { openQuestions } from '../src/store/questions.js';
import { getResource } from '../src/store/resources.js';
import type { Db } from '../src/store/schema.js';

/** That these are over, people are to notice: somebody counts on them. The others' cards are only brought up to date. */
const END_IS_NEWS: readonly HoldKind[] = ['freeze', 'silence', 'failures', 'restored'];

/** The hold that an event is about; null: it is about something else. */
export function holdIn({ kind, body }: Event): HoldId | null {
  return kind === 'hold.began' || kind === 'hold.ended' ? (body as { readonly hold: HoldId }).hold : null;
}

export async function drawHold(db: Db, id: HoldId, reader: Reader): Promise<{ readonly card: ToldCard; readonly anew: boolean; readonly call: null }> {
  const hold = await getHold(db, id);
  const over = hold.endedAt !== null;
  const waiting = over && holdsCalls(hold) ? await waitingIn(db, hold) : [];
  return { card: holdCard(hold, waiting, reader), anew: over && END_IS_NEWS.includes(hold.kind), call: null };
}

/** What people would have been called about. */
async function waitingIn(db: Db, hold: Hold): Promise<readonly string[]> {
  const asked = new Set((await openQuestions(db, hold.hostId)).map(({ appId }) => appId));
  const needing = (await openIncidents(db, hold.hostId)).filter(({ state, resourceId }) => state === 'escalated' || asked.has(resourceId));
  const named = await Promise.all(needing.map(async ({ resourceId, title }) => ({ name: (await getResource(db, resourceId)).name, title })));
  return named.filter(({ name }) => covers(hold, name)).map(({ name, title }) => `${name} needs you: ${title}`);
}

/** Events of incidents that came up while their app comes and goes: the hold's one card tells of all of them. */
export async function toldByFlap(db: Db, to: { readonly hostId: HostId; readonly channel: string }, events: readonly Event[]): Promise<ReadonlySet<EventId>> {
  const flaps = (await openHolds(db, to.hostId)).filter(({ kind }) => kind === 'flap');
  const quiet = new Set<EventId>();
  if (flaps.length === 0) return quiet;
  for (const event of events) {
    if (event.incidentId === null || (await cardRef(db, event.incidentId, to.channel)) !== undefined) continue;
    const { name } = await getResource(db, (await getIncident(db, event.incidentId)).resourceId);
    if (flaps.some((flap) => covers(flap, name))) quiet.add(event.id);
  }
  return quiet;
}
