import { HypercareError } from '../../src/domain/errors.js';
import type { ApiParts } from './api-parts.js';
import type { Call } from './call.js';
import { callerOf, type Caller } from './caller.js';
import { jobsWithin, pingedBy } from './pings.js';
import { createRate, type Rate } from './rate.js';
import { visitorIn } from './session.js';
import type { Shared } from './shared.js';

/** A job that pings more often than this is told to wait; twice as many at once. */
const PINGS_PER_SECOND = 5;

export interface Gate {
  readonly parts: ApiParts;
  readonly rate: Rate;
  /** Of each job by itself: hundreds of jobs of one machine ping in the same second, and one that runs wild takes no other's place. */
  readonly pings: Rate;
  jobs(): Promise<ReadonlyMap<string, string>>;
}

export function openGate(parts: ApiParts, shared: Shared): Gate {
  return { parts, rate: createRate(parts.at.perSecond), pings: createRate(PINGS_PER_SECOND), jobs: () => jobsWithin(parts, shared) };
}

/** Who asks, by a token or a session; counted with the caller's own requests, or with all that come from the address without either. A ping is its job's, and nobody's else. */
export async function identified(call: Call, gate: Gate): Promise<Caller | null> {
  const { parts, rate } = gate;
  const address = call.env?.incoming?.socket?.remoteAddress ?? 'unknown';
  const pinged = pingedBy(call.req.path);
  if (pinged !== null) {
    if ((await gate.jobs()).has(pinged)) spend(gate.pings, pinged, { parts, perSecond: PINGS_PER_SECOND });
    else spend(rate, address, { parts });
    return null;
  }
  const sent = await callerOf(parts, call.req.header('authorization')).catch((thrown: unknown) => {
    spend(rate, address, { parts });
    throw thrown;
  });
  const caller = sent ?? (await visitorIn(call, parts));
  spend(rate, caller?.userId ?? address, { parts });
  return caller;
}

/** `perSecond`: a limit that the config does not set. */
function spend(rate: Rate, who: string, { parts: { clock, at }, perSecond }: { readonly parts: ApiParts; readonly perSecond?: number }): void {
  const waitMs = rate.take(who, clock.monotonic());
  if (waitMs > 0) throw new TooFast(waitMs, perSecond ?? at.perSecond, perSecond === undefined ? '; “api: per_second” in hypercare.yaml sets the limit' : '');
}

export class TooFast extends HypercareError {
  constructor(readonly waitMs: number, perSecond: number, hint: string) {
    super('rate.exceeded', 'transient', `more than ${perSecond} requests a second`, `Wait ${waitMs} ms${hint}.`);
  }
}
