import type { Event, EventKind } from '../src/domain/event.js';
import { holdIn } from './told-hold.js';
import { trustIn } from './told-trust.js';

/** Events of one subject, in their order: one card tells them all. */
export interface Told {
  readonly subject: string;
  readonly events: readonly Event[];
}

export function bySubject(events: readonly Event[]): readonly Told[] {
  const subjects = new Map<string, Event[]>();
  for (const event of events) {
    const subject = subjectOf(event);
    subjects.set(subject, [...(subjects.get(subject) ?? []), event]);
  }
  return [...subjects].map(([subject, ofSubject]) => ({ subject, events: ofSubject }));
}

/** What happened to the bot is another story than what happened to PM2: the newest of each holds. */
const STORIES: Readonly<Partial<Record<EventKind, string>>> = { 'bot.restarted': 'bot', 'monitor.blind': 'sight', 'monitor.sees': 'sight' };

/** What an event is told with: all of one subject stands on one card. */
export function subjectOf(event: Event): string {
  const { incidentId, launchId, hostId, kind } = event;
  const hold = holdIn(event);
  if (hold !== null) return `hold:${hold}`;
  const trust = trustIn(event);
  if (trust !== null) return `trust:${trust.app}:${trust.repair}`;
  return incidentId ?? launchId ?? `${STORIES[kind] ?? 'host'}:${hostId}`;
}

/** Told by a message of its own, which the card's place in the chat does not hide. */
export const NEWS: ReadonlySet<EventKind> = new Set<EventKind>(['launch.six_hours', 'launch.ended', 'monitor.pm2_lost', 'monitor.pm2_back', 'monitor.blind', 'monitor.sees', 'bot.restarted', 'store.full', 'store.room', 'trust.proposed']);
