import { aboutDigest } from './about.js';
import type { ToldCard } from './card.js';
import { drawPast, type NamedIncident } from './incidents-card.js';
import { noteCard } from './note-card.js';
import type { Reader } from './say-time.js';

const MOST_LINES = 12;
const MOST_NAMES = 5;

/** What came and went before it could be told, the oldest first. */
export function digestCard(subject: string, incidents: readonly NamedIncident[], reader: Reader): ToldCard {
  const sorted = incidents.toSorted((a, b) => a.began - b.began);
  const names = [...new Set(sorted.map(({ at }) => at))];
  const where = `${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''}`;
  const rest = sorted.length - MOST_LINES;
  const lines = sorted.slice(0, MOST_LINES).map((one) => drawPast(one, reader));
  const card = noteCard({
    subject, level: 'good', title: `${sorted.length} problems came and went: ${where}`,
    body: [[...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n')],
    footer: 'one of them whole: incidents <id>',
  });
  return { ...card, about: aboutDigest(names) };
}
