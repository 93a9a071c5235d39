/** A span of each of some weekdays, by the wall clock of one zone. */
export interface TimeWindow {
  /** 0 is Sunday. The day on which the span begins. */
  readonly days: readonly number[];
  /** Minutes after midnight; `to` may be 1440. Where `to` is not after `from`, the span ends on the next day. */
  readonly from: number;
  readonly to: number;
  /** IANA name, or UTC. */
  readonly zone: string;
  /** As it was written, for people. */
  readonly text: string;
}

export interface WallTime {
  /** 0 is Sunday. */
  readonly weekday: number;
  /** After midnight. */
  readonly minutes: number;
}

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const DAY_MINUTES = 1_440;
const MINUTE_MS = 60_000;
/** No clock is ever set by more than this. */
const NEAR_MINUTES = 120;
/** A window opens again within a week; the clocks may change in between. */
const LOOK_AHEAD_MS = 8 * 24 * 3_600_000;

/** What clocks in a zone show; null for a zone that is none. Summer time comes out right because only what clocks show counts. */
export function wallTime(at: number, zone: string): WallTime | null {
  return clockOf(zone)?.(at) ?? null;
}

/** False also where the zone cannot be read: a window that nobody can tell is shut. */
export function isInside(window: TimeWindow, at: number): boolean {
  const time = wallTime(at, window.zone);
  return time !== null && covers(window, time);
}

/** When the first of them is open next, to the minute, and by whose clock; null: not within a week. */
export function opensAt(windows: readonly TimeWindow[], now: number): { readonly at: number; readonly zone: string } | null {
  const found = windows.flatMap((window) => {
    const at = nextInside(window, now);
    return at === null ? [] : [{ at, zone: window.zone }];
  });
  return found.reduce<(typeof found)[number] | null>((first, one) => (first === null || one.at < first.at ? one : first), null);
}

/** Leaps towards the next beginning, and goes by the minute where the clocks may have changed on the way. */
function nextInside(window: TimeWindow, now: number): number | null {
  const clock = clockOf(window.zone);
  if (clock === null) return null;
  let at = Math.ceil(now / MINUTE_MS) * MINUTE_MS;
  while (at < now + LOOK_AHEAD_MS) {
    const time = clock(at);
    if (covers(window, time)) return at;
    const left = (window.from - time.minutes + DAY_MINUTES) % DAY_MINUTES;
    at += Math.max(1, left - NEAR_MINUTES) * MINUTE_MS;
  }
  return null;
}

/** Until when some of them are open without a gap, to the minute; null: none is open now. */
export function openUntil(windows: readonly TimeWindow[], now: number): number | null {
  let until: number | null = null;
  for (let n = 0; n <= windows.length; n += 1) {
    const from: number = until ?? now;
    const ends = windows.flatMap((window) => shutsAt(window, from) ?? []);
    if (ends.length === 0) return until;
    until = Math.max(...ends);
  }
  return until;
}

/** Null where it is not open. One that never shuts is looked at again in a week. */
function shutsAt(window: TimeWindow, now: number): number | null {
  const clock = clockOf(window.zone);
  if (clock === null || !covers(window, clock(now))) return null;
  let at = Math.ceil(now / MINUTE_MS) * MINUTE_MS;
  while (at < now + LOOK_AHEAD_MS) {
    const time = clock(at);
    if (!covers(window, time)) return at;
    const left = (window.to - time.minutes + DAY_MINUTES) % DAY_MINUTES;
    at += Math.max(1, left - NEAR_MINUTES) * MINUTE_MS;
  }
  return at;
}

function covers(window: TimeWindow, { weekday, minutes }: WallTime): boolean {
  const begins = window.days.includes(weekday);
  if (window.from < window.to) return begins && minutes >= window.from && minutes < window.to;
  const beganYesterday = window.days.includes((weekday + 6) % 7);
  return (begins && minutes >= window.from) || (beganYesterday && minutes < window.to % DAY_MINUTES);
}

function clockOf(zone: string): ((at: number) => WallTime) | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  } catch {
    return null;
  }
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const weekday = WEEKDAYS.indexOf((parts.get('weekday') ?? '').toLowerCase() as (typeof WEEKDAYS)[number]);
    return { weekday, minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
  };
}
