import { z } from 'zod';
import type { Call } from '../../src/cards/call.js';
import type { About, Card } from '../../src/cards/card.js';
import { cleanLine, cleanText, cutBytes, cutText } from '../../src/cards/clean.js';
import { heading, paragraphs } from './draw-text.js';

/**
 * A card for programs, as JSON of at most 20 kB, the size that Standard Webhooks recommends. Names are added to it, and
 * none is taken away or changed within one version.
 */
export interface CardDocument {
  readonly version: 1;
  /** What the card is about and how that stands: 'incident.asking', 'launch.stable', 'hold.over', 'people.called', 'test'. */
  readonly type: string;
  /** When it was drawn, as an ISO time in UTC: of two about one subject the later one holds. */
  readonly timestamp: string;
  readonly data: {
    /** The id of the incident, launch or other thing; all documents about it bear it. */
    readonly subject: string;
    readonly host: string;
    /** The app, server or dependency; null: the host, or more than one. */
    readonly resource: string | null;
    readonly apps: readonly string[];
    readonly severity: Card['level'];
    readonly state: string;
    /** What this receiver was told of it last; null: nothing. */
    readonly before: Standing | null;
    readonly title: string;
    /** What is asked of people; null: nothing. Answers are not taken here. */
    readonly question: {
      readonly id: string;
      readonly asks: string;
      readonly may_decide: readonly string[];
      readonly needs: number;
      readonly yes: readonly string[];
      readonly expires_at: string;
    } | null;
    readonly fields: readonly { readonly name: string; readonly value: string }[];
    /** The whole of it for people, without markup. */
    readonly text: string;
  };
}

export const STANDING = z.object({ state: z.string(), severity: z.enum(['good', 'info', 'warning', 'critical']) });
export type Standing = z.infer<typeof STANDING>;

const MAX = { name: 120, title: 300, fields: 10, field: 120, names: 20, textBytes: 8_000 } as const;

export interface Drawing {
  readonly host: string;
  readonly now: number;
}

export function drawDocument(card: Card, before: Standing | null, { host, now }: Drawing): CardDocument {
  const { about } = card;
  const title = cutText(cleanLine(card.title), MAX.title);
  const fields = card.fields.slice(0, MAX.fields).map(({ name, value }) => ({ name: short(name), value: short(value) }));
  return {
    version: 1,
    type: about === undefined ? 'test' : `${about.kind}.${about.state.replace(/[^\w]/g, '_')}`,
    timestamp: new Date(now).toISOString(),
    data: {
      subject: short(card.subject),
      host: short(host),
      resource: about?.resource == null ? null : short(about.resource),
      apps: (about?.apps ?? []).slice(0, MAX.names).map(short),
      severity: card.level,
      state: about?.state ?? 'test',
      before,
      title,
      question: questionOf(about),
      fields,
      text: cutBytes([heading(card), ...paragraphs(card)].join('\n\n'), MAX.textBytes),
    },
  };
}

export interface CalledDocument extends Pick<CardDocument, 'version' | 'type' | 'timestamp'> {
  readonly data: Readonly<Record<string, unknown>>;
}

/** That people are called beside a card, which changes nothing in it. */
export function drawCalled({ text, people }: Call, standing: Standing & { readonly subject: string }, { host, now }: Drawing): CalledDocument {
  const names = [...new Set(people.map(({ name }) => name))];
  return {
    version: 1,
    type: 'people.called',
    timestamp: new Date(now).toISOString(),
    data: { subject: standing.subject, host: short(host), severity: standing.severity, state: standing.state, called: names.slice(0, MAX.names).map(short), text: cutBytes(cleanText(text).trim(), MAX.textBytes) },
  };
}

function questionOf(about: About | undefined): CardDocument['data']['question'] {
  if (!about?.asked) return null;
  const { id, what, mayDecide, need, yes, expiresAt } = about.asked;
  return { id, asks: short(what), may_decide: mayDecide.slice(0, MAX.names).map(short), needs: need, yes: yes.slice(0, MAX.names).map(short), expires_at: new Date(expiresAt).toISOString() };
}

function short(text: string): string {
  return cutText(cleanLine(text), MAX.name);
}
