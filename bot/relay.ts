import type { Card } from '../src/cards/card.js';
import { hostCard } from '../src/cards/host-card.js';
import { incidentCard } from '../src/cards/incident-card.js';
import { launchCard } from '../src/cards/launch-card.js';
import type { Event } from '../src/domain/event.js';
import { errorText, HypercareError } from '../src/domain/errors.js';
import type { HostId } from '../src/domain/ids.js';
import type { Clock } from '../src/io/clock.js';
import type { Logger } from '../src/io/log.js';
import { cardRef, dueDeliveries, endDeliveries, hasDeliveries, keepCardRef, nextDeliveryAt, planDelivery, retryDeliveries } from '../src/store/deliveries.js';
import { getEvents, undelivered } from '../src/store/events.js';
import { incidentView } from '../src/store/incident-view.js';
import { launchView } from '../src/store/launch-view.js';
import type { Store } from '../src/store/store.js';
import { DeliveryDelay, type Channel } from './channels/channel.js';

/** Events older than this are not told any more. */
const LOOK_BACK_MS = 3 * 24 * 3_600_000;
/** A channel that is used for the first time is told what happened so recently. */
const NEW_CHANNEL_MS = 10 * 60_000;
const BATCH = 200;
/** Two edits of one card are at least so far apart: platforms count edits like posts. */
const EDIT_GAP_MS = 1_000;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** Some fourteen hours of tries. */
const MOST_TRIES = 170;

export interface RelayParts {
  readonly store: Store;
  readonly hostId: HostId;
  readonly hostName: string;
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly timeZone: string;
}

export interface Relay {
  /** Plans and makes every delivery that is due; one channel's trouble holds up no other. */
  pass(): Promise<void>;
  nextAt(): Promise<number | null>;
}

/** Events become cards: one live card a subject and channel, at least once, the newest state at the time of delivery. */
export function createRelay(parts: RelayParts): Relay {
  const editedAt = new Map<string, number>();
  return {
    async pass() {
      await Promise.all(parts.channels.map(async (channel) => {
        await planFor(parts, channel.name);
        await deliverDue(parts, channel, editedAt);
      }));
    },
    nextAt: () => nextDeliveryAt(parts.store.db, { hostId: parts.hostId, channels: parts.channels.map(({ name }) => name) }),
  };
}

async function planFor(parts: RelayParts, channel: string): Promise<void> {
  const { store, hostId, clock } = parts;
  const now = clock.now();
  const since = (await hasDeliveries(store.db, { hostId, channel })) ? now - LOOK_BACK_MS : now - NEW_CHANNEL_MS;
  const events = await undelivered(store.db, hostId, channel, since, BATCH);
  if (events.length === 0) return;
  await store.write(async (tx) => {
    for (const event of events) await planDelivery(tx, event.id, channel, isTold(event) ? 'due' : 'dropped', now);
  });
}

/** That a monitor began is for the audit and the log: a healthy launch costs three messages. */
function isTold(event: Event): boolean {
  return event.kind !== 'monitor.started';
}

async function deliverDue(parts: RelayParts, channel: Channel, editedAt: Map<string, number>): Promise<void> {
  const now = parts.clock.now();
  const due = await dueDeliveries(parts.store.db, { hostId: parts.hostId, channel: channel.name }, now, BATCH);
  const attempts = new Map(due.map((row) => [row.event_id, row.attempts]));
  const events = await getEvents(parts.store.db, due.map((row) => row.event_id));
  for (const [subject, ofSubject] of bySubject(events)) {
    const waitMs = (editedAt.get(`${channel.name} ${subject}`) ?? 0) + EDIT_GAP_MS - parts.clock.now();
    if (waitMs > 0) {
      await parts.store.write((tx) => retryDeliveries(tx, ofSubject.map(({ id }) => id), channel.name, parts.clock.now() + waitMs, 'waits for the card’s last edit'));
      continue;
    }
    await deliver(parts, channel, { subject, events: ofSubject, tries: Math.max(...ofSubject.map(({ id }) => attempts.get(id) ?? 0)) });
    editedAt.set(`${channel.name} ${subject}`, parts.clock.now());
  }
}

function bySubject(events: readonly Event[]): ReadonlyMap<string, readonly Event[]> {
  const groups = new Map<string, Event[]>();
  for (const event of events) {
    const group = groups.get(subjectOf(event));
    if (group) group.push(event);
    else groups.set(subjectOf(event), [event]);
  }
  return groups;
}

function subjectOf(event: Event): string {
  return event.incidentId ?? event.launchId ?? `host:${event.hostId}`;
}

interface Group {
  readonly subject: string;
  readonly events: readonly Event[];
  readonly tries: number;
}

/** Marked done only after the platform took it: a crash in between delivers again, under the same key. */
async function deliver(parts: RelayParts, channel: Channel, group: Group): Promise<void> {
  const { store, clock, log } = parts;
  const ids = group.events.map(({ id }) => id);
  try {
    const card = await draw(parts, group);
    const previous = isNews(group.events) ? undefined : await cardRef(store.db, group.subject, channel.name);
    const ref = await channel.deliver(card, ids.at(-1) as string, previous);
    await store.write(async (tx) => {
      if (ref !== null) await keepCardRef(tx, group.subject, channel.name, ref);
      await endDeliveries(tx, ids, channel.name, 'done', null);
    });
  } catch (error) {
    const retryMs = retryAfter(error, group.tries);
    log[retryMs === null ? 'error' : 'warn']({ channel: channel.name, subject: group.subject, error: errorText(error), mend: error instanceof HypercareError ? error.mend : null }, retryMs === null ? 'a card could not be delivered, and is given up' : 'a card could not be delivered; it is tried again');
    await store.write((tx) => retryMs === null
      ? endDeliveries(tx, ids, channel.name, 'dead', errorText(error))
      : retryDeliveries(tx, ids, channel.name, clock.now() + retryMs, errorText(error)));
  }
}

/** Null: never. A platform's own wish goes before our back-off. */
function retryAfter(error: unknown, tries: number): number | null {
  if (error instanceof DeliveryDelay) return error.retryAfterMs;
  if (tries >= MOST_TRIES || (error instanceof HypercareError && error.errorClass !== 'transient')) return null;
  return Math.min(FIRST_RETRY_MS * 2 ** tries, LONGEST_RETRY_MS);
}

/** The parts of a launch that people are to notice are posted anew; everything else edits the card. */
function isNews(events: readonly Event[]): boolean {
  return events.some(({ kind }) => kind === 'launch.six_hours' || kind === 'launch.ended' || kind === 'monitor.pm2_lost' || kind === 'monitor.pm2_back');
}

async function draw(parts: RelayParts, group: Group): Promise<Card> {
  const { db } = parts.store;
  const reader = { now: parts.clock.now(), timeZone: parts.timeZone };
  const [first] = group.events;
  if (first?.incidentId) return incidentCard(await incidentView(db, first.incidentId), reader);
  if (first?.launchId) return launchCard(await launchView(db, first.launchId), reader);
  return hostCard(parts.hostName, group.events, group.subject, reader);
}
