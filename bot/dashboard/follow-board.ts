import type { Board } from '../../src/cards/board.js';
import { EVENT_KINDS } from '../../src/domain/event.js';
import type { Ask } from './ask.js';

/** Readings make no events; so often the board is looked at anew without one. */
const LOOK_EVERY_MS = 30_000;
/** Several events of one moment are one look. */
const GATHER_MS = 250;
/** The server makes one board a second for all: what it gives right after an event may be from before it. */
const LOOK_AGAIN_MS = 1_200;
const LISTEN_AGAIN_MS = 15_000;

export interface Seen {
  readonly board: Board | null;
  /** False while nobody would tell of what happens. */
  readonly live: boolean;
}

/** Shows the board as it is now and whenever something happens; gives how to look at once. */
export function followBoard(ask: Pick<Ask, 'board'>, show: (seen: Seen) => void): () => void {
  let seen: Seen = { board: null, live: false };
  let planned: ReturnType<typeof setTimeout> | undefined;
  const change = (part: Partial<Seen>): void => show((seen = { ...seen, ...part }));
  const plan = (inMs: number, nextInMs: number): void => {
    clearTimeout(planned);
    planned = setTimeout(() => void look(nextInMs), inMs);
  };
  const look = async (nextInMs: number): Promise<void> => {
    plan(nextInMs, LOOK_EVERY_MS);
    await ask.board().then((board) => change({ board }), () => change({ live: false }));
  };
  const happened = (): void => plan(GATHER_MS, LOOK_AGAIN_MS);
  listen(happened, (live) => change({ live }));
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && happened());
  void look(LOOK_EVERY_MS);
  return happened;
}

/** A browser comes back by itself where the line broke, and never where it was refused: the server stops, or too many listen. */
function listen(happened: () => void, live: (is: boolean) => void): void {
  const events = new EventSource('/api/events');
  events.addEventListener('open', () => {
    live(true);
    // What happened while nobody listened is told by no event.
    happened();
  });
  events.addEventListener('error', () => {
    live(false);
    if (events.readyState === EventSource.CLOSED) setTimeout(() => listen(happened, live), LISTEN_AGAIN_MS);
  });
  for (const kind of EVENT_KINDS) events.addEventListener(kind, happened);
}
