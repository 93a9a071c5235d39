import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Card } from '../../src/cards/card.js';
import { cleanLine } from '../../src/cards/clean.js';
import { drawPlain } from '../../src/cards/plain.js';
import { errorText, HypercareError } from '../../src/domain/errors.js';
import { systemClock, type Clock } from '../../src/io/clock.js';
import type { ChannelKind, Ref } from './channel.js';
import { routeKeys, type Route } from './route.js';

const WIDTH = 80;
/** A card that lists more is cut: it stands among the log lines of the process. */
const MAX_LINES = 60;
/** So often a card is said to stand as it did. */
const STILL_EVERY_MS = 60_000;
/** So many lines of a card are remembered as written; an older one that comes again is written again. */
const MOST_SEEN = 200;

/** What was written of a card: its lines by their hashes, since when nothing new was, how many versions came since, and whether the last one had something new. */
const REF = z.object({ written: z.string(), level: z.string(), buttons: z.string(), seen: z.array(z.string()), at: z.number(), quiet: z.number(), news: z.boolean().default(true) });
type Written = z.infer<typeof REF>;

/**
 * A channel that only speaks: cards as lines on standard output, which `pm2 logs` shows. A log cannot be taken back, and
 * people read it: a card is written whole when it is new, asks something or is over; else only its lines that are new.
 */
export function consoleKind(write: (text: string) => void, clock: Pick<Clock, 'now'> = systemClock): ChannelKind<Route> {
  return {
    kind: 'console',
    needs: [],
    options: z.strictObject(routeKeys),
    create: () => ({
      name: 'console',
      async deliver(card, _key, previous): Promise<Ref> {
        const { text, ref } = next(card, REF.safeParse(previous).data ?? null, clock.now());
        try {
          if (text !== null) write(`${bounded(text)}\n`);
        } catch (thrown) {
          throw new HypercareError('console.write', 'transient', `the card could not be written to standard output: ${errorText(thrown)}`);
        }
        return ref;
      },
      // Where the card was just written it says as much; a question that is about to expire changes nothing in it.
      async call({ text }, at) {
        if (REF.safeParse(at).data?.news === false) write(`→ ${cleanLine(text.split('\n')[0] ?? '')}\n`);
      },
    }),
  };
}

/** What is to be written of a card; null: nothing. */
function next(card: Card, before: Written | null, now: number): { readonly text: string | null; readonly ref: Written } {
  const lines = [card.title, ...card.body.flatMap((paragraph) => paragraph.split('\n'))];
  const buttons = card.buttons.map(({ label }) => label).join();
  const seen = [...new Set([...(before?.seen ?? []), ...lines.map(mark)])].slice(-MOST_SEEN);
  const ref: Written = { written: card.subject, level: card.level, buttons, seen, at: now, quiet: 0, news: true };
  if (before === null || before.level !== card.level || before.buttons !== buttons) return { text: draw(card), ref };
  const news = lines.slice(1).filter((line) => !before.seen.includes(mark(line)));
  if (news.length > 0 || !before.seen.includes(mark(card.title))) return { text: draw({ ...card, body: [news.join('\n')], fields: [], buttons: [], footer: null }), ref };
  const quiet = before.quiet + 1;
  if (now - before.at < STILL_EVERY_MS) return { text: null, ref: { ...ref, at: before.at, quiet, news: false } };
  return { text: `… still: ${cleanLine(card.title)}, ${quiet} ${quiet === 1 ? 'update' : 'updates'} more`, ref: { ...ref, news: false } };
}

/** Of a line whose figures alone changed nobody needs to read again. */
function mark(line: string): string {
  return createHash('sha256').update(line.replace(/[\d.,:]+/g, '#')).digest('base64url').slice(0, 8);
}

function draw(card: Card): string {
  return drawPlain(card, { width: WIDTH, color: false });
}

function bounded(text: string): string {
  const lines = text.split('\n');
  if (lines.length <= MAX_LINES) return text;
  return [...lines.slice(0, MAX_LINES - 1), `  … ${lines.length - MAX_LINES + 1} more lines`].join('\n');
}

export const consoleChannel = consoleKind((text) => {
  process.stdout.write(text);
});
