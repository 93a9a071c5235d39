import type { Card } from './card.js';
import { noteCard } from './note-card.js';
import { sayClock, type Reader } from './say-time.js';

export interface AuditLine {
  readonly seq: number;
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly why: string;
}

/** The newest entries, oldest first, and whether the chain is whole. */
export function auditCard(entries: readonly AuditLine[], brokenAt: number | null, reader: Reader): Card {
  const whole = brokenAt === null;
  const last = entries.at(-1)?.seq ?? 0;
  return noteCard({
    subject: 'audit',
    level: whole ? 'info' : 'critical',
    title: whole ? `the audit trail is whole: ${last} ${last === 1 ? 'entry' : 'entries'}` : `the audit trail was changed: its chain is broken at entry ${brokenAt}`,
    body: [
      ...(whole ? [] : ['From that entry on it proves nothing. Compare it with a copy of the store, and find out who can write to it.']),
      entries.map((entry) => drawEntry(entry, reader)).join('\n'),
    ].filter((part) => part !== ''),
  });
}

function drawEntry({ seq, at, who, what, why }: AuditLine, reader: Reader): string {
  return `${seq}  ${sayClock(at, reader)}  ${who}: ${what}${why === '' ? '' : ` (${why})`}`;
}
