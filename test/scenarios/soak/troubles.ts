/** What goes wrong in the soak's 72 hours, and what ends it. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** `down`: every address answers 500 · `checkout`: that one does · `slow`: every answer takes eight times as long. */
export type TroubleKind = 'down' | 'checkout' | 'slow';

export interface Trouble {
  readonly app: string;
  readonly kind: TroubleKind;
  /** After the launch. */
  readonly fromMs: number;
  /** It ends by itself after so long; `restart`: once the app's process is another one. */
  readonly ends: number | 'restart';
  /** Where somebody says yes to what is asked about it; null: nobody does. */
  readonly answered: 'Slack' | 'Telegram' | null;
}

export interface Outage {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly slack: boolean;
  readonly telegram: boolean;
}

export const OUTAGES: readonly Outage[] = [
  { fromMs: 26 * HOUR, untilMs: 27 * HOUR, slack: true, telegram: false },
  { fromMs: 34 * HOUR, untilMs: 35 * HOUR, slack: false, telegram: true },
  { fromMs: 50 * HOUR, untilMs: 51 * HOUR, slack: true, telegram: true },
];

/** Around each outage: one that is over in it, one that comes and goes in it, one that begins in it and lasts beyond. */
const AROUND: readonly Trouble[] = OUTAGES.flatMap(({ fromMs }) => [
  { app: 'shop', kind: 'down', fromMs: fromMs - 5 * MINUTE, ends: 20 * MINUTE, answered: null },
  { app: 'cart', kind: 'checkout', fromMs: fromMs + 10 * MINUTE, ends: 'restart', answered: null },
  { app: 'shop', kind: 'down', fromMs: fromMs + 25 * MINUTE, ends: 14 * MINUTE, answered: null },
  { app: 'cart', kind: 'down', fromMs: fromMs + 45 * MINUTE, ends: 'restart', answered: 'Telegram' },
] satisfies readonly Trouble[]);

/** Between them one about every two and a half hours, of the two apps in turns. */
const ORDINARY: readonly Omit<Trouble, 'app' | 'fromMs'>[] = [
  { kind: 'checkout', ends: 'restart', answered: null },
  { kind: 'down', ends: 12 * MINUTE, answered: null },
  { kind: 'slow', ends: 55 * MINUTE, answered: null },
  { kind: 'down', ends: 'restart', answered: 'Slack' },
  { kind: 'checkout', ends: 'restart', answered: null },
  { kind: 'down', ends: 40 * MINUTE, answered: null },
  { kind: 'down', ends: 'restart', answered: 'Telegram' },
];

const TIMES = Array.from({ length: 28 }, (_, n) => (0.7 + n * 2.5) * HOUR).map((at) => (OUTAGES.some(({ fromMs, untilMs }) => at > fromMs - HOUR && at < untilMs + HOUR) ? at + 2 * HOUR + 13 * MINUTE : at));

export const TROUBLES: readonly Trouble[] = [
  ...TIMES.map((fromMs, n) => ({ app: n % 2 === 0 ? 'shop' : 'cart', fromMs: Math.round(fromMs), ...(ORDINARY[n % ORDINARY.length] as (typeof ORDINARY)[number]) })),
  ...AROUND,
].toSorted((a, b) => a.fromMs - b.fromMs);
