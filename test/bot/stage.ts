import type { Json } from '../../src/domain/json.js';
import type { Call } from '../../src/cards/call.js';
import type { Card } from '../../src/cards/card.js';
import type { Channel, Ref } from '../../bot/channels/channel.js';
import { createRelay, type Relay } from '../../bot/relay.js';
import type { EventKind } from '../../src/domain/event.js';
import type { IncidentId, LaunchId } from '../../src/domain/ids.js';
import type { Rota } from '../../src/domain/rota.js';
import type { TimeWindow } from '../../src/domain/time-window.js';
import type { Clock } from '../../src/io/clock.js';
import type { Logger } from '../../src/io/log.js';
import { tell } from '../../src/store/events.js';
import type { Store } from '../../src/store/store.js';
import { BEGAN } from '../src/cards/views.js';
import { openStage, type Stage } from '../src/commands/stage.js';

/** A clock that is moved by hand; sleeps end when it has come so far. */
export interface HandClock extends Clock {
  advance(ms: number): void;
}

export function handClock(start: number): HandClock {
  let passed = 0;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => start + passed,
    monotonic: () => passed,
    sleep: (ms, signal) => new Promise((done, failed) => {
      const sleeper = { at: passed + ms, wake: done };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        sleepers.delete(sleeper);
        failed(new Error('aborted'));
      }, { once: true });
    }),
    advance(ms) {
      passed += ms;
      for (const sleeper of [...sleepers].filter(({ at }) => at <= passed)) {
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
  };
}

/** A place that takes everything, unless it is told to fail. */
export interface Place extends Channel {
  readonly said: { readonly card: Card; readonly key: string; readonly previous: Ref | undefined; readonly beside: Call | undefined; readonly at: number }[];
  readonly called: { readonly call: Call; readonly at: Ref; readonly fresh: boolean }[];
  /** What the next deliveries throw, each once. */
  readonly faults: unknown[];
  readonly callFaults: unknown[];
  /** Titles as they stand, by the message. */
  standing(): readonly string[];
}

export function openPlace(name: string, clock: Clock): Place {
  const messages = new Map<number, string>();
  const place: Place = {
    name, said: [], called: [], faults: [], callFaults: [],
    standing: () => [...messages.values()],
    async deliver(card, key, previous, beside) {
      if (place.faults.length > 0) throw place.faults.shift();
      place.said.push({ card, key, previous, beside, at: clock.now() });
      const n = (previous as { n: number } | undefined)?.n ?? messages.size + 1;
      messages.set(n, card.title);
      return { n };
    },
    async call(call, at, fresh) {
      if (place.callFaults.length > 0) throw place.callFaults.shift();
      place.called.push({ call, at, fresh });
    },
  };
  return place;
}

export interface Log extends Logger {
  readonly lines: string[];
}

export function keepLog(): Log {
  const lines: string[] = [];
  const write = (level: string) => (facts: object, message: string) => void lines.push(`${level} ${message} ${JSON.stringify(facts)}`);
  const log: Log = { lines, info: write('info'), warn: write('warn'), error: write('error'), child: () => log };
  return log;
}

export interface House extends Stage {
  readonly clock: HandClock;
  readonly log: Log;
  /** Moves every clock of the house on. */
  pass(ms: number): void;
  tell(kind: EventKind, of?: { readonly incidentId?: IncidentId; readonly launchId?: LaunchId; readonly body?: Json }): Promise<void>;
  relay(channel: Channel, as?: { readonly store?: Store; readonly onCall?: Rota; readonly quietHours?: readonly TimeWindow[] }): Relay;
  /** Passes until the relay has nothing more to do within the time. */
  settle(relay: Relay, withinMs?: number): Promise<void>;
}

const MOST_PASSES = 200;
const never = new AbortController().signal;

/** The store of the commands' tests, with an event that makes every channel an old acquaintance. */
export async function openHouse(): Promise<House> {
  const stage = await openStage();
  const clock = handClock(BEGAN);
  const log = keepLog();
  const house: House = Object.assign(stage, {
    clock, log,
    pass(ms: number) {
      clock.advance(ms);
      stage.now = clock.now();
    },
    tell: (kind: EventKind, of = {}) => stage.store.write((tx) => tell(tx, stage.hostId, { kind, ...of }, clock.now())),
    relay: (channel: Channel, { store = stage.store, onCall = null, quietHours = [] }: { readonly store?: Store; readonly onCall?: Rota | null; readonly quietHours?: readonly TimeWindow[] } = {}) => createRelay({ store, hostId: stage.hostId, hostName: 'vm-1', channel, clock, log, timeZone: 'UTC', onCall, quietHours }),
    async settle(relay: Relay, withinMs = 5_000) {
      const end = clock.now() + withinMs;
      for (let passes = 0; passes < MOST_PASSES; passes += 1) {
        await relay.pass(never);
        const next = await relay.nextAt();
        if (next === null || next > end) return;
        house.pass(Math.max(1, next - clock.now()));
      }
      throw new Error('the relay does not come to rest');
    },
  });
  await house.tell('monitor.started');
  return house;
}
