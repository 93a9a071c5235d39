import { callText, type Call } from '../src/cards/call.js';
import type { ToldCard } from '../src/cards/card.js';
import { hostCard } from '../src/cards/host-card.js';
import { incidentCard } from '../src/cards/incident-card.js';
import { launchCard } from '../src/cards/launch-card.js';
import type { Reader } from '../src/cards/say-time.js';
import type { Rota } from '../src/domain/rota.js';
import { isSilenced } from '../src/store/holds.js';
import { incidentView } from '../src/store/incident-view.js';
import { launchView } from '../src/store/launch-view.js';
import type { Db } from '../src/store/schema.js';
import { calledPeople } from './called.js';
import { drawDigest, isDigest } from './digest.js';
import { NEWS, type Told } from './subjects.js';
import { drawHold, holdIn } from './told-hold.js';
import { drawTrust, trustIn } from './told-trust.js';

export interface Drawn {
  readonly card: ToldCard;
  /** What people are to notice is posted anew; everything else edits the card that stands. */
  readonly anew: boolean;
  readonly call: Call | null;
}

/** The subject as it stands now, and whom its events call. */
export async function drawTold(db: Db, { subject, events }: Told, { hostName, onCall, reader }: { readonly hostName: string; readonly onCall: Rota | null; readonly reader: Reader }): Promise<Drawn> {
  const [first] = events;
  const anew = events.some(({ kind }) => NEWS.has(kind));
  const hold = first ? holdIn(first) : null;
  if (hold !== null) return drawHold(db, hold, reader);
  const trust = events.map(trustIn).findLast((one) => one !== null) ?? null;
  if (trust !== null) return { card: await drawTrust(db, trust, subject), anew, call: null };
  if (isDigest(subject)) return { card: await drawDigest(db, subject, events, reader), anew: true, call: null };
  if (first?.incidentId) {
    const view = await incidentView(db, first.incidentId);
    const silenced = await isSilenced(db, view.resource.hostId, { name: view.resource.name, now: reader.now });
    const kinds = events.map(({ kind }) => kind);
    const text = silenced ? null : callText(view, kinds, reader);
    return { card: incidentCard(view, reader), anew, call: text === null ? null : { text, people: await calledPeople(db, view, { onCall, kinds, now: reader.now }) } };
  }
  if (first?.launchId) {
    const view = await launchView(db, first.launchId);
    // What took its place has a card of its own, which says so.
    const replaced = view.launch.state === 'superseded' || view.launch.state === 'rolled_back';
    return { card: launchCard(view, reader), anew: anew && !replaced, call: null };
  }
  return { card: hostCard(hostName, events, subject, reader), anew, call: null };
}
