import type { ToldCard } from '../src/cards/card.js';
import { trustCard } from '../src/cards/learned-card.js';
import type { Event } from '../src/domain/event.js';
import type { TrustEvent } from '../src/store/proposals.js';
import { getResource } from '../src/store/resources.js';
import type { Db } from '../src/store/schema.js';

/** The proposal that an event is about; null: it is about something else. */
export function trustIn({ kind, body }: Event): TrustEvent | null {
  return kind === 'trust.proposed' ? (body as unknown as TrustEvent) : null;
}

export async function drawTrust(db: Db, { app, ...proposal }: TrustEvent, subject: string): Promise<ToldCard> {
  return trustCard({ ...proposal, app: (await getResource(db, app)).name }, subject);
}
