import axon from 'pm2/modules/pm2-axon/index.js';
import { join } from 'node:path';
import { errorText } from '../domain/errors.js';
import type { Clock } from './clock.js';
import type { Logger } from './log.js';
import type { Pm2Event } from './pm2.js';
import { createPacketReader, READ_TOPICS } from './pm2-bus.js';
import type { ReadPacket } from './pm2-bus.js';
import { classifySocketError } from './pm2-errors.js';
import { openFrame } from './pm2-frame.js';

type Listen = (event: Pm2Event) => void;

export interface Subscription {
  /** See Pm2.subscribe. Resolves once the first attempt to connect has succeeded or failed. */
  subscribe(listen: Listen): Promise<() => void>;
  close(): void;
}

interface SubscriptionOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Between two attempts to reach a daemon that is away. */
const RECONNECT_MS = 500;

/**
 * One connection to the bus for all listeners, made anew whenever it breaks, for as long as anybody listens. It waits
 * for nothing: with a dead daemon it says `lost` once, and `connected` when one is back. What happened between is told
 * by nobody; missed exits are found by comparing two lists (pm2-missed.ts).
 */
export function createSubscription({ home, clock, log }: SubscriptionOptions): Subscription {
  const listeners = new Set<Listen>();
  let state: 'idle' | 'connecting' | 'connected' | 'lost' = 'idle';
  let disconnect = (): void => undefined;
  let firstOutcome: Promise<void> = Promise.resolve();

  function enter(next: 'connected' | 'lost', error: unknown): void {
    if (state === next) return;
    state = next;
    if (next === 'lost') log.warn({ home, reason: classifySocketError(home, error).message }, 'PM2 bus lost');
    tell([...listeners], { kind: next, at: clock.now() }, log);
  }

  function start(): void {
    state = 'connecting';
    firstOutcome = new Promise((resolve) => {
      const end = keepConnected(join(home, 'pub.sock'), createPacketReader(), {
        event: (event) => tell([...listeners], event, log),
        up: () => (enter('connected', null), resolve()),
        down: (error) => (enter('lost', error), resolve()),
      });
      disconnect = () => (end(), resolve());
    });
  }

  function stop(): void {
    state = 'idle';
    disconnect();
  }

  return {
    async subscribe(listen) {
      const known = state;
      listeners.add(listen);
      if (known === 'idle') start();
      await firstOutcome;
      if (known === 'connected' || known === 'lost') tell([listen], { kind: known, at: clock.now() }, log);
      return () => {
        if (listeners.delete(listen) && listeners.size === 0) stop();
      };
    },
    close() {
      listeners.clear();
      stop();
    },
  };
}

/** A listener that throws keeps nobody else from hearing. */
function tell(listeners: readonly Listen[], event: Pm2Event, log: Logger): void {
  for (const listen of listeners) {
    try {
      listen(event);
    } catch (error) {
      log.error({ event: event.kind, error: errorText(error) }, 'a listener of the PM2 bus failed');
    }
  }
}

interface Ears {
  event(event: Pm2Event): void;
  up(): void;
  down(error: unknown): void;
}

/** Returns how to end it. */
function keepConnected(path: string, read: ReadPacket, ears: Ears): () => void {
  let ended = false;
  let retry: NodeJS.Timeout | undefined;
  let socket = connect();

  function connect() {
    const next = axon.socket('sub');
    let error: unknown = null;
    next.set('retry timeout', 0);
    next.onmessage = () => (frame) => hear(frame);
    next.on('error', () => undefined);
    next.on('socket error', (reason: unknown) => {
      error = reason;
    });
    next.on('connect', () => ears.up());
    next.on('close', () => {
      if (ended) return;
      ears.down(error);
      retry = setTimeout(() => (socket = connect()), RECONNECT_MS);
    });
    next.connect(path);
    return next;
  }

  function hear(frame: Buffer): void {
    const message = openFrame(frame);
    if (ended || message === null || !READ_TOPICS.includes(message.topic)) return;
    const event = read(message.topic, message.packet());
    if (event !== null) ears.event(event);
  }

  return () => {
    ended = true;
    clearTimeout(retry);
    socket.close();
  };
}
