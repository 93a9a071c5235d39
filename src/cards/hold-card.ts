import { sayDuration } from '../domain/duration.js';
import { EVERYTHING, type Hold, type HoldKind } from '../domain/hold.js';
import { aboutHold } from './about.js';
import type { Card, ToldCard } from './card.js';
import { cutText } from './clean.js';
import { noteCard } from './note-card.js';
import { sayAgo, sayIn, type Reader } from './say-time.js';

const REASON_CHARS = 300;

/** What is shown of a hold; the freeze file is shown as one. */
export type HoldShown = Pick<Hold, 'kind' | 'scope' | 'author' | 'reason' | 'from' | 'until'>;

const NAMES: Readonly<Record<HoldKind, string>> = {
  freeze: 'Frozen', silence: 'Silenced', maintenance: 'Maintenance', flap: 'Comes and goes', storm: 'Storm', failures: 'Repairs are off', restored: 'Older memory',
};

/** One line for a list: what is held, by whom, since when, until when and why. */
export function holdLine(hold: HoldShown, reader: Reader): string {
  return `${NAMES[hold.kind]}: ${scopeOf(hold)}, by ${hold.author} since ${sayAgo(hold.from, reader)}, ${until(hold, reader)}: ${cutText(hold.reason, REASON_CHARS)}`;
}

/** A hold as it stands; `waiting` are open troubles about which nobody was called meanwhile. */
export function holdCard(hold: Hold, waiting: readonly string[], reader: Reader): ToldCard {
  const subject = `hold:${hold.id}`;
  return { ...(hold.endedAt === null ? begunCard(hold, subject, reader) : endedCard(hold, hold.endedAt, { subject, waiting })), about: aboutHold(hold) };
}

function begunCard(hold: Hold, subject: string, reader: Reader): Card {
  const says = BEGAN[hold.kind](scopeOf(hold));
  const by = `By ${hold.author} since ${sayAgo(hold.from, reader)}, ${until(hold, reader)}.`;
  return noteCard({ subject, level: says.level, title: says.title, body: [`${cutText(hold.reason, REASON_CHARS)}\n${by}`, says.body] });
}

interface Says {
  readonly level: Card['level'];
  readonly title: string;
  readonly body: string;
}

const MEASURED = 'It is still measured.';
const BY_HAND = 'You may still ask for a repair or a rollback by hand.';

const BEGAN: Readonly<Record<HoldKind, (scope: string) => Says>> = {
  freeze: (scope) => ({ level: 'warning', title: `${scope}: frozen, hypercare does nothing to it`, body: `${MEASURED} What was under way is finished or undone. An approver ends it: unfreeze.` }),
  silence: (scope) => ({ level: 'info', title: `${scope}: nobody is called about it`, body: 'Its cards are kept up to date, and it is repaired as ever.' }),
  maintenance: (scope) => ({ level: 'info', title: `${scope}: maintenance, left alone and nobody is called`, body: `${MEASURED} ${BY_HAND}` }),
  flap: (scope) => ({ level: 'warning', title: `${scope} comes and goes by itself, and is left alone`, body: `${MEASURED} It is no longer told each time. ${BY_HAND} To have it repaired again: unfreeze ${scope}.` }),
  storm: (scope) => ({ level: 'critical', title: `${scope}: left alone, the cause lies elsewhere`, body: `${MEASURED} Restarting one app after the other would mend nothing. ${BY_HAND}` }),
  failures: (scope) => ({ level: 'critical', title: `${scope}: repairs are off, too many of them failed`, body: `${MEASURED} ${BY_HAND} To let hypercare repair again: unfreeze.` }),
  restored: (scope) => ({ level: 'critical', title: `${scope}: repairs are off, the store is an older copy`, body: `${MEASURED} What was done since that copy is forgotten, and with it what was used of the budgets. ${BY_HAND} To let hypercare repair again: unfreeze.` }),
};

const OVER: Readonly<Record<HoldKind, string>> = {
  freeze: 'no longer frozen', silence: 'people are called again', maintenance: 'maintenance is over', flap: 'it no longer comes and goes', storm: 'the storm is over', failures: 'repairs are on again', restored: 'repairs are on again',
};

function endedCard(hold: Hold, at: number, { subject, waiting }: { readonly subject: string; readonly waiting: readonly string[] }): Card {
  const lasted = `It lasted ${sayDuration(at - hold.from)}; ended: ${hold.endedBy ?? 'by itself'}.`;
  const left = waiting.length === 0 ? [] : [`Meanwhile, and still so:\n${waiting.join('\n')}`];
  return noteCard({ subject, level: waiting.length === 0 ? 'good' : 'warning', title: `${scopeOf(hold)}: ${OVER[hold.kind]}`, body: [`${hold.author} had begun it: ${cutText(hold.reason, REASON_CHARS)}\n${lasted}`, ...left] });
}

/** What holds now, or that nothing does. */
export function holdsCard(holds: readonly HoldShown[], reader: Reader): Card {
  const title = holds.length === 0 ? 'nothing is held: hypercare acts as its policy says' : `${holds.length} ${holds.length === 1 ? 'hold is' : 'holds are'} in force`;
  return noteCard({ subject: 'holds', level: holds.length === 0 ? 'good' : 'warning', title, body: holds.map((hold) => holdLine(hold, reader)) });
}

function scopeOf({ scope }: HoldShown): string {
  return scope === EVERYTHING ? 'everything' : scope.replaceAll(',', ', ');
}

function until({ kind, until: at }: HoldShown, reader: Reader): string {
  if (at !== null) return `until ${sayIn(at, reader)}`;
  return kind === 'freeze' || kind === 'silence' ? 'until it is lifted' : 'until it is over';
}
