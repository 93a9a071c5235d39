import { calls } from '../src/cards/call.js';
import type { Event } from '../src/domain/event.js';
import type { Rota } from '../src/domain/rota.js';
import { errorText, HypercareError } from '../src/domain/errors.js';
import type { EventId, HostId } from '../src/domain/ids.js';
import type { TimeWindow } from '../src/domain/time-window.js';
import type { Clock } from '../src/io/clock.js';
import type { Logger } from '../src/io/log.js';
import { LATE, within } from '../src/io/within.js';
import { cardRef, keepCardRef } from '../src/store/card-refs.js';
import { dueDeliveries, endDeliveries, nextDeliveryAt, retryDeliveries } from '../src/store/deliveries.js';
import { getEvents } from '../src/store/events.js';
import type { Store } from '../src/store/store.js';
import { DeliveryDelay, type Channel, type Ref } from './channels/channel.js';
import { foldOver } from './digest.js';
import { createPace, type Pace } from './pace.js';
import { planDeliveries } from './plan-deliveries.js';
import { createReach, type Reach } from './reach.js';
import { bySubject, type Told } from './subjects.js';
import { drawTold } from './told.js';

/** Most events one pass looks at; more wait for the next. */
const BATCH = 500;
/** A call to a platform ends within seconds by itself. This guards against one that does not. */
const DELIVERED_WITHIN_MS = 60_000;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** Some fourteen hours of tries. */
const MOST_TRIES = 170;

export interface RelayParts {
  readonly store: Store;
  readonly hostId: HostId;
  readonly hostName: string;
  readonly channel: Channel;
  readonly clock: Clock;
  readonly log: Logger;
  readonly timeZone: string;
  /** In these only what is critical is told. */
  readonly quietHours: readonly TimeWindow[];
  /** Who is called by name, in turns; null: all who may say yes. */
  readonly onCall: Rota | null;
}

export interface Relay {
  /** Makes the deliveries that are due, as fast as the channel may be spoken to. */
  pass(signal: AbortSignal): Promise<void>;
  /** When there is something to do again; null: not before something happens. */
  nextAt(): Promise<number | null>;
}

/**
 * Events become cards in one channel: one live card a subject, at least once, the newest state at the time of delivery.
 * Each channel has a relay of its own, so that one that is dead or slow holds up no other.
 */
export function createRelay(parts: RelayParts): Relay {
  const { store, hostId, channel, clock } = parts;
  const to = { hostId, channel: channel.name };
  const pace = createPace();
  const called = new Map<string, number>();
  const reach = createReach(parts, channel.name);
  return {
    async pass(signal) {
      await planDeliveries(store, { ...to, quietHours: parts.quietHours }, clock.now());
      if (pace.waitMs(clock.monotonic()) > 0) return;
      for (const told of await due(parts)) {
        if (signal.aborted || pace.waitMs(clock.monotonic()) > 0) return;
        await tell(parts, { pace, reach, called }, told);
      }
    },
    async nextAt() {
      const at = await nextDeliveryAt(store.db, { hostId, channels: [channel.name] });
      return at === null ? null : Math.max(at, clock.now() + pace.waitMs(clock.monotonic()));
    },
  };
}

type Due = Told & { readonly tries: number };

/** Subjects of which an event is due, each with everything that still waits of it. Those that call for people go first. */
async function due({ store, hostId, channel, clock }: RelayParts): Promise<readonly Due[]> {
  const now = clock.now();
  const rows = new Map((await dueDeliveries(store.db, { hostId, channel: channel.name }, Number.MAX_SAFE_INTEGER, BATCH)).map((row) => [row.event_id, row]));
  const isDue = ({ id }: Event): boolean => (rows.get(id)?.next_at ?? now) <= now;
  // What calls for people keeps its time: an edit of the card must not ring before.
  const waiting = (await getEvents(store.db, [...rows.keys()])).filter((event) => isDue(event) || !calls(event.kind));
  const all = bySubject(waiting).filter(({ events }) => events.some(isDue));
  const urgent = (told: Told): number => (told.events.some(({ kind }) => calls(kind)) ? 0 : 1);
  const folded = await foldOver(store.db, all, channel.name);
  return folded.map((told) => ({ ...told, tries: Math.max(...told.events.map(({ id }) => rows.get(id)?.attempts ?? 0)) })).toSorted((a, b) => urgent(a) - urgent(b));
}

/** What the relay knows of its channel. */
interface Ways {
  readonly pace: Pace;
  readonly reach: Reach;
  /** When people were last called about a subject here, monotonic. */
  readonly called: Map<string, number>;
}

/** A channel that was away calls late: a reminder that was planned meanwhile would ring again at once. */
const REMINDED_AFTER_MS = 10 * 60_000;
/** So many subjects are remembered for that. */
const MOST_CALLED = 200;

function isTooSoon({ called }: Ways, { subject, events }: Told, now: number): boolean {
  const isReminder = events.every(({ kind }) => !calls(kind) || kind === 'incident.reminded');
  return isReminder && now - (called.get(subject) ?? Number.NEGATIVE_INFINITY) < REMINDED_AFTER_MS;
}

async function tell(parts: RelayParts, ways: Ways, told: Due): Promise<void> {
  const { store, channel } = parts;
  const ids = told.events.map(({ id }) => id);
  try {
    const posted = await speak(parts, ways, told);
    // Only now: a crash before it delivers again, under the same key.
    await store.write((tx) => endDeliveries(tx, ids, channel.name, 'done', null));
    if (posted) await ways.reach.note('speaks', null);
  } catch (error) {
    await failed(parts, ways, { told, ids, error });
  }
}

/** True where it was posted: a channel may take what is beneath its level without a word. */
async function speak(parts: RelayParts, ways: Ways, told: Told): Promise<boolean> {
  const { pace, called } = ways;
  const { store, channel, clock, log } = parts;
  const { card, anew, call } = await drawTold(store.db, told, { hostName: parts.hostName, onCall: parts.onCall, reader: { now: clock.now(), timeZone: parts.timeZone } });
  const previous = anew ? undefined : await cardRef(store.db, told.subject, channel.name);
  pace.said(clock.monotonic());
  const key = told.events.at(-1)?.id ?? told.subject;
  const ref = await inTime(channel.deliver(card, key, previous, call ?? undefined), clock);
  if (ref === null) return false;
  await store.write((tx) => keepCardRef(tx, told.subject, channel.name, ref));
  if (call === null || !channel.call || isTooSoon(ways, told, clock.monotonic())) return true;
  pace.said(clock.monotonic());
  await inTime(channel.call(call, ref, !isSame(ref, previous), key), clock);
  if (called.size >= MOST_CALLED) called.clear();
  called.set(told.subject, clock.monotonic());
  log.info({ channel: channel.name, subject: told.subject }, 'people were called');
  return true;
}

function isSame(ref: Ref, previous: Ref | undefined): boolean {
  return JSON.stringify(ref) === JSON.stringify(previous);
}

async function inTime<T>(work: Promise<T>, clock: Clock): Promise<T> {
  const done = await within(work, DELIVERED_WITHIN_MS, clock);
  if (done !== LATE) return done;
  throw new HypercareError('delivery.slow', 'transient', `the channel did not take it within ${DELIVERED_WITHIN_MS / 1_000} s`, 'It is tried again by itself.');
}

/** A platform that is away is left alone as a whole; what it refuses of one card holds up that card alone. */
async function failed({ store, channel, clock, log }: RelayParts, { pace, reach }: Ways, on: { readonly told: Due; readonly ids: readonly EventId[]; readonly error: unknown }): Promise<void> {
  const { told, ids, error } = on;
  const isAway = error instanceof DeliveryDelay || (error instanceof HypercareError && error.errorClass === 'transient');
  const isOver = told.tries >= MOST_TRIES;
  const retryMs = error instanceof DeliveryDelay ? error.retryAfterMs : isAway ? Math.min(FIRST_RETRY_MS * 2 ** told.tries, LONGEST_RETRY_MS) : LONGEST_RETRY_MS;
  if (!(error instanceof DeliveryDelay)) await reach.note('speaks', error);
  const facts = { channel: channel.name, subject: told.subject, error: errorText(error), mend: error instanceof HypercareError ? error.mend : null };
  log[isAway && !isOver ? 'warn' : 'error'](facts, isOver ? 'a card could not be delivered, and is given up' : 'a card could not be delivered; it is tried again');
  if (isAway) pace.rest(retryMs, clock.monotonic());
  await store.write((tx) => isOver
    ? endDeliveries(tx, ids, channel.name, 'dead', errorText(error))
    : retryDeliveries(tx, ids, channel.name, clock.now() + retryMs, errorText(error)));
}
