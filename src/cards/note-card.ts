import type { Card } from './card.js';
import { cutText } from './clean.js';

const TITLE_CHARS = 100;

/** A card that says one thing, with what belongs to it below. */
export function noteCard(note: Pick<Card, 'subject' | 'level' | 'title'> & Partial<Pick<Card, 'word' | 'body' | 'fields' | 'footer'>>): Card {
  return {
    subject: note.subject,
    level: note.level,
    ...(note.word === undefined ? {} : { word: note.word }),
    title: cutText(note.title, TITLE_CHARS),
    body: note.body ?? [],
    fields: note.fields ?? [],
    buttons: [],
    footer: note.footer ?? null,
  };
}
