import { sayDuration } from '../domain/duration.js';
import type { EventKind } from '../domain/event.js';
import { isLeftAlone } from '../domain/incident.js';
import type { IncidentView } from '../domain/incident-view.js';
import type { Platform } from '../domain/person.js';
import { cutText } from './clean.js';
import { began } from './ending.js';
import { planAsked } from './question-part.js';
import { sayPlan } from './repair-words.js';
import { sayIn, type Reader } from './say-time.js';

/**
 * Something said aloud beside a card: cards are edited in place, and an edit rings nobody's phone. Once for a question,
 * once before it expires, once when the machine has stopped, and a few times while that stays so; never for what only
 * informs.
 */
export interface Call {
  /** Lines of plain text, the first of which is enough. */
  readonly text: string;
  /** Who is called by name; each platform has its own accounts. */
  readonly people: readonly { readonly name: string; readonly platform: Platform; readonly userId: string }[];
}

const REASON_CHARS = 200;

/** Whether these events of an incident call for people. */
export function calls(kind: EventKind): boolean {
  return kind === 'question.asked' || kind === 'question.warned' || kind === 'incident.escalated' || kind === 'incident.reminded';
}

/** What is said because of these events, as the incident stands by now; null where nobody is needed, or not any more. */
export function callText(view: IncidentView, kinds: readonly EventKind[], reader: Reader): string | null {
  if (!kinds.some(calls)) return null;
  const { incident, resource, question } = view;
  // Who has seen it looks after it.
  if (incident.ackedBy !== null) return null;
  const asked = planAsked(view);
  if (asked) {
    const waits = kinds.includes('question.warned') || kinds.includes('incident.reminded') ? ' Nobody has decided yet.' : '';
    return `${resource.name}: may I ${sayPlan(asked.plan, view.destinations)}?${waits} Expires ${sayIn(asked.question.expiresAt, reader)}.`;
  }
  if (incident.state !== 'escalated') return null;
  if (isLeftAlone(incident)) return `${resource.name}${kinds.includes('incident.escalated') ? '' : ` still does not run after ${sayDuration(reader.now - began(view))}`}: ${cutText(incident.reason ?? incident.title, REASON_CHARS)}`;
  if (!kinds.includes('incident.escalated')) return kinds.includes('incident.reminded') ? `${resource.name} still needs you after ${sayDuration(reader.now - began(view))}: ${cutText(incident.reason ?? incident.title, REASON_CHARS)}` : null;
  // Whoever has just said no is there already.
  if (question?.state === 'denied') return null;
  return `${resource.name} needs you: ${cutText(incident.reason ?? incident.title, REASON_CHARS)}`;
}
