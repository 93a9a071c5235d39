import { ENDED_WITH_ENTRY, restartsIn, type Act } from './act.js';

/** Healing debt: an app that goes on because it is repaired again and again is not well, and this says so. */
export interface Debt {
  /** The weights of all of them; 0: none. */
  readonly points: number;
  readonly restarts: number;
  /** What was done, the most frequent first: a kind of repair, or 'PM2' for what it restarted by itself. */
  readonly by: readonly { readonly what: string; readonly times: number }[];
}

/**
 * How much each act hides. What is not here takes a cause away, as a rollback does, or was a person's own act: who
 * deploys restarts too. Whether it helped makes no difference: the app went on because somebody started it again.
 */
const WEIGHTS: Readonly<Record<string, number>> = {
  'pm2.reload': 1, // A fresh process has neither the leak nor the bad state of the old one, until it has them again.
  'pm2.drain-restart': 1, // The same, without an outage.
  'pm2.reset-pool': 1, // A restart: what leaks connections leaks them again.
  'pm2.raise-memory-limit': 1, // The same, and what leaks has more room.
  'pm2.restart': 1, // The same, and it was away meanwhile.
  'pm2.kill': 2, // It hung: what was under way is lost besides.
  PM2: 1, // It crashed or outgrew its limit, and PM2 brought it back before anybody looked.
};

/** An act is forgiven so long after: the debt of a release that no longer needs repairs is gone after a week. */
export const DEBT_WINDOW_MS = 7 * 24 * 3_600_000;
/** A launch that owes more is not stable: two restarts a day over the three days of a watch. */
export const MOST_OF_STABLE = 6;

/** Of all acts in the time that is asked about, oldest first. */
export function debtOf(acts: readonly Act[]): Debt {
  // Who starts an app after PM2's daemon died mends what was wrong, and hides nothing.
  const started = acts.filter(({ by, note }) => by !== 'pm2' || note !== ENDED_WITH_ENTRY);
  const hiding = restartsIn(started).map((act) => (act.by === 'us' ? (act.note ?? '') : act.by === 'pm2' ? 'PM2' : '')).filter((what) => WEIGHTS[what] !== undefined);
  const times = new Map<string, number>();
  for (const what of hiding) times.set(what, (times.get(what) ?? 0) + 1);
  return {
    points: hiding.reduce((sum, what) => sum + (WEIGHTS[what] ?? 0), 0),
    restarts: hiding.length,
    by: [...times].map(([what, n]) => ({ what, times: n })).toSorted((a, b) => b.times - a.times || (a.what < b.what ? -1 : 1)),
  };
}

/** '11 restarts', '1 restart'. */
export function sayRestarts({ restarts }: Pick<Debt, 'restarts'>): string {
  return `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`;
}
