import type { Card } from './card.js';
import { noteCard } from './note-card.js';
import { sayAgo, sayClock, type Reader } from './say-time.js';

export interface AuditLine {
  readonly seq: number;
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly why: string;
}

/** What reading the whole chain showed, and what is known of its end outside of the store. */
export interface TrailChecked {
  readonly entries: number;
  readonly head: { readonly seq: number; readonly hash: string } | null;
  readonly fault: { readonly kind: 'changed' | 'moved' | 'missing' | 'put_in' | 'unlinked'; readonly seq: number; readonly other: number | null } | null;
  /** When the monitor found the trail to end otherwise than it had left it: what is missing before stays missing. */
  readonly mismatches: readonly Pick<AuditLine, 'seq' | 'at' | 'why'>[];
  /** Null where nothing was written down outside of the store yet. */
  readonly anchor: { readonly seq: number; readonly hash: string; readonly at: number; readonly verdict: 'holds' | 'cut' | 'differs' | 'other_store' } | null;
}

const LOOK = 'Compare it with an export that was kept elsewhere, and find out who can write to the store.';
/** What a chain of hashes is worth, for whoever relies on it. */
const WORTH = 'It shows what was changed by somebody who does not know how it is made. Who may write both the store and the PM2 home can forge it all: keep an export on another machine.';

/** The newest entries, oldest first, and whether the trail is whole. */
export function auditCard(entries: readonly AuditLine[], checked: TrailChecked, reader: Reader): Card {
  return trailCard(checked, [...troubles(checked, reader), entries.map((entry) => drawEntry(entry, reader)).join('\n')]);
}

/** What was compared, what was found, and what it is worth. */
export function verifyCard(checked: TrailChecked, reader: Reader): Card {
  const found = troubles(checked, reader);
  return trailCard(checked, [...(found.length > 0 ? found : [compared(checked, reader)]), ...checked.mismatches.map((one) => `Entry ${one.seq} (${sayAgo(one.at, reader)}) says that it was not whole before: ${one.why}.`), ...(found.length > 0 ? [] : [WORTH])]);
}

/** For people; what a program reads are the lines themselves. */
export function exportCard(entries: number): Card {
  return noteCard({
    subject: 'audit', level: 'info', title: `the audit trail has ${count(entries)}`,
    body: ['All of them, one JSON document a line:\n  hypercare audit export --json > audit.jsonl'],
  });
}

function trailCard(checked: TrailChecked, body: readonly string[]): Card {
  const { entries, fault, anchor } = checked;
  const broken = fault !== null || (anchor !== null && anchor.verdict !== 'holds');
  const title = !broken ? `the audit trail is whole: ${count(entries)}`
    : fault ? `the audit trail was changed: its chain is broken at entry ${fault.seq}`
    : 'the audit trail does not end where it ended before';
  return noteCard({ subject: 'audit', level: broken ? 'critical' : 'info', title, body: body.filter((part) => part !== '') });
}

function troubles({ fault, anchor }: TrailChecked, reader: Reader): readonly string[] {
  return [
    ...(fault ? [`${sayFault(fault)}\nFrom there on it proves nothing${fault.seq > 1 ? `; entries 1 to ${fault.seq - 1} are as they were written` : ''}. ${LOOK}`] : []),
    ...(anchor && anchor.verdict !== 'holds' ? [`${sayAnchor(anchor)} So it stood outside of the store (${sayAgo(anchor.at, reader)}). ${anchor.verdict === 'other_store' ? 'If you moved to another store, this is why, and the monitor takes note of it when it starts.' : LOOK}`] : []),
  ];
}

function sayFault({ kind, seq, other }: NonNullable<TrailChecked['fault']>): string {
  switch (kind) {
    case 'changed':
      return `Entry ${seq} was changed: its hash is not that of what stands in it.`;
    case 'moved':
      return `Entry ${seq} was moved there: it was written as number ${other ?? 0}.`;
    case 'missing':
      return other === null || other <= seq ? `Entry ${seq} is missing.` : `Entries ${seq} to ${other} are missing.`;
    case 'put_in':
      return `Something was put in before entry ${seq}, where nothing can be.`;
    case 'unlinked':
      return seq === 1 ? 'Entry 1 is not the first one that was written.' : `Entry ${seq} does not follow entry ${seq - 1}: one of the two was written anew.`;
  }
}

function sayAnchor({ verdict, seq }: NonNullable<TrailChecked['anchor']>): string {
  if (verdict === 'cut') return `It had an entry ${seq}, which is not there: the newest entries were cut off, or the store was put back to an older copy.`;
  if (verdict === 'other_store') return `The trail that was kept here before, up to entry ${seq}, was that of another store.`;
  return `Entry ${seq} is not the one that was there.`;
}

function compared({ head, anchor }: TrailChecked, reader: Reader): string {
  const chain = head ? `Every entry was compared with its hash and with the entry before it, up to ${head.hash.slice(0, 12)}.` : 'There is no entry yet.';
  const end = anchor ? `Entry ${anchor.seq}, which also stands outside of the store (${sayAgo(anchor.at, reader)}), is there: up to it nothing was cut off.` : 'That the newest entries were not cut off cannot be told yet: the monitor has written nothing down outside of the store.';
  return `${chain}\n${end}`;
}

function drawEntry({ seq, at, who, what, why }: AuditLine, reader: Reader): string {
  return `${seq}  ${sayClock(at, reader)}  ${who}: ${what}${why === '' ? '' : ` (${why})`}`;
}

function count(entries: number): string {
  return `${entries} ${entries === 1 ? 'entry' : 'entries'}`;
}
