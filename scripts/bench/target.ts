import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../src/io/clock.js';
import type { Place } from './place.js';

export interface Arrival {
  readonly path: string;
  /** Wall clock, milliseconds. */
  readonly at: number;
}

/** What is watched in a load: answers 200 to everything, and knows when it was asked what. */
export interface Target {
  /** 'http://127.0.0.1:PORT' */
  readonly origin: string;
  /** Arrivals from `since` on. */
  arrivals(since: number): readonly Arrival[];
}

export async function startTarget(place: Place): Promise<Target> {
  const all: Arrival[] = [];
  const server = createServer((request, response) => {
    all.push({ path: request.url ?? '', at: systemClock.now() });
    response.end('ok');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  place.later(async () => {
    server.close();
    server.closeAllConnections();
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals: (since) => all.filter(({ at }) => at >= since),
  };
}

/**
 * How late each arrival is after its due time, which comes back every `everyMs`; `dueAt` gives one of them for a path.
 * What is a whole interval late counts as on time here: the number of arrivals shows it.
 */
export function lateness(arrivals: readonly Arrival[], everyMs: number, dueAt: (path: string) => number | null): readonly number[] {
  return arrivals.flatMap(({ path, at }) => {
    const due = dueAt(path);
    return due === null ? [] : [(((at - due) % everyMs) + everyMs) % everyMs];
  });
}
