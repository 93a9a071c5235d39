/** Slack takes one message a second in a channel, Telegram one a second in a chat. */
const GAP_MS = 1_000;
/** Telegram's limit for a group, edits counted. Nobody reads faster, and what waits is told as it stands when its turn comes. */
const MOST_A_MINUTE = 20;
const MINUTE_MS = 60_000;

/** How fast one place is spoken to. Times are monotonic milliseconds. */
export interface Pace {
  /** How long nothing may be said yet; 0: go on. */
  waitMs(now: number): number;
  said(now: number): void;
  /** The place is left alone for so long. */
  rest(ms: number, now: number): void;
}

export function createPace(): Pace {
  let said: readonly number[] = [];
  let restsUntil = Number.NEGATIVE_INFINITY;
  return {
    waitMs(now) {
      const last = said.at(-1) ?? Number.NEGATIVE_INFINITY;
      const first = said.length < MOST_A_MINUTE ? Number.NEGATIVE_INFINITY : (said.at(-MOST_A_MINUTE) as number);
      return Math.max(0, restsUntil - now, last + GAP_MS - now, first + MINUTE_MS - now);
    },
    said(now) {
      said = [...said.slice(1 - MOST_A_MINUTE), now];
    },
    rest(ms, now) {
      restsUntil = now + ms;
    },
  };
}
