import type { Call } from '../src/cards/call.js';
import type { EventKind } from '../src/domain/event.js';
import type { IncidentView } from '../src/domain/incident-view.js';
import { calledInTurn, type Rota } from '../src/domain/rota.js';
import { lastCall } from '../src/store/calls.js';
import { approverAccounts } from '../src/store/people.js';
import type { Db } from '../src/store/schema.js';

export interface Calling {
  /** Null: nobody takes turns. */
  readonly onCall: Rota | null;
  /** The events that call. */
  readonly kinds: readonly EventKind[];
  readonly now: number;
}

/**
 * Who is called by name, of those who may say yes: in turns where a rota says so. Everybody is where one yes is not
 * enough, where the question is about to expire, and where nobody of the rota is known here any more.
 */
export async function calledPeople(db: Db, { incident, resource, question }: IncidentView, { onCall, kinds, now }: Calling): Promise<Call['people']> {
  const all = await approverAccounts(db, resource.hostId);
  if (onCall === null || kinds.includes('question.warned') || (question?.state === 'open' && question.need > 1)) return all;
  const call = await lastCall(db, incident.id);
  const names = calledInTurn(onCall, { at: now, reminders: call?.remindedAt.length ?? 0 });
  const named = all.filter(({ name }) => names?.includes(name) ?? true);
  return named.length > 0 ? named : all;
}
