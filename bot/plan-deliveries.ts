import type { Event } from '../src/domain/event.js';
import type { HostId } from '../src/domain/ids.js';
import type { TimeWindow } from '../src/domain/time-window.js';
import { hasDeliveries, planDelivery } from '../src/store/deliveries.js';
import { eventsOf, undelivered } from '../src/store/events.js';
import { openIncidents } from '../src/store/incidents.js';
import { passOver } from '../src/store/pass-over.js';
import type { Store } from '../src/store/store.js';
import { quietUntil } from './quiet.js';
import { toldByFlap } from './told-hold.js';

/** Events older than this are not told any more. */
const LOOK_BACK_MS = 3 * 24 * 3_600_000;
/** A channel that is new is told what happened so recently, and what is still open. */
const RECENT_MS = 10 * 60_000;
const BATCH = 200;
/** What opens is told a moment later: by then it is mostly known what is to be done, and one message tells both. */
const OPENING_MS = 2_000;

interface To {
  readonly hostId: HostId;
  readonly channel: string;
  readonly quietHours: readonly TimeWindow[];
}

/** Gives every event that is still to be told in the channel its delivery. */
export async function planDeliveries(store: Store, to: To, now: number): Promise<void> {
  if (!(await hasDeliveries(store.db, to))) await welcome(store, to, now);
  const events = await undelivered(store.db, to.hostId, to.channel, now - LOOK_BACK_MS, BATCH);
  if (events.length === 0) return;
  const flapping = await toldByFlap(store.db, to, events);
  await store.write(async (tx) => {
    for (const event of events) {
      const soon = event.kind === 'incident.opened' ? now + OPENING_MS : now;
      await planDelivery(tx, event.id, to.channel, isTold(event) && !flapping.has(event.id) ? 'due' : 'dropped', (await quietUntil(tx, to, event, now)) ?? soon);
    }
  });
}

/** A channel that nobody has spoken in gets a card of each open incident, and the past is passed over. */
async function welcome(store: Store, to: To, now: number): Promise<void> {
  const past = { after: now - LOOK_BACK_MS, until: now - RECENT_MS };
  const open = await openIncidents(store.db, to.hostId);
  const newest = await Promise.all(open.map(async ({ id }) => (await eventsOf(store.db, id)).at(-1)));
  await store.write(async (tx) => {
    for (const event of newest) if (event && event.at <= past.until) await planDelivery(tx, event.id, to.channel, 'due', now);
    await passOver(tx, to, past, now);
  });
}

/** That a monitor began is for the audit and the log: a healthy launch costs three messages. */
function isTold(event: Event): boolean {
  return event.kind !== 'monitor.started';
}
