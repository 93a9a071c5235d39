import type { Board } from '../../src/cards/board.js';
import { EVENT_KINDS } from '../../src/domain/event.js';
import type { Ask } from './ask.js';

/** Readings make no events; so often the board is looked at anew without one. */
const LOOK_EVERY_MS = 30_000;
/** Several events of one moment are one look. */
const GATHER_MS = 250;

export interface Seen {
  readonly board: Board | null;
  /** False while nobody would tell of what happens. */
  readonly live: boolean;
}

/** Shows the board as it is now and whenever something happens. */
export function followBoard(ask: Pick<Ask, 'board'>, show: (seen: Seen) => void): void {
  let seen: Seen = { board: null, live: false };
  let planned: ReturnType<typeof setTimeout> | undefined;
  const change = (part: Partial<Seen>): void => show((seen = { ...seen, ...part }));
  const look = async (): Promise<void> => {
    clearTimeout(planned);
    planned = setTimeout(() => void look(), LOOK_EVERY_MS);
    await ask.board().then((board) => change({ board }), () => change({ live: false }));
  };
  const soon = (): void => {
    clearTimeout(planned);
    planned = setTimeout(() => void look(), GATHER_MS);
  };
  const events = new EventSource('/api/events');
  events.addEventListener('open', () => {
    change({ live: true });
    // What happened while nobody listened is told by no event.
    soon();
  });
  events.addEventListener('error', () => change({ live: false }));
  for (const kind of EVENT_KINDS) events.addEventListener(kind, soon);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && soon());
  void look();
}
