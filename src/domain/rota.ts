/**
 * Whose turn it is to be called. Turns are whole days by the clocks of one zone, so that a hand-over stays at its hour
 * when the clocks change.
 */
export interface Rota {
  /** Names, in the order of their turns; at least one. */
  readonly people: readonly string[];
  /** How long a turn is. */
  readonly days: number;
  /** When the first turn began: a date of that zone as `2026-11-23`, and minutes after its midnight. */
  readonly from: { readonly date: string; readonly minutes: number };
  /** IANA name, or UTC. */
  readonly zone: string;
}

const DAY_MS = 24 * 3_600_000;

/**
 * Who is called by name: first whoever has the turn, with the first reminder the next one too, and from the second on
 * everybody, which is null. Before the first turn the turns are counted backwards.
 */
export function calledInTurn(rota: Rota, { at, reminders }: { readonly at: number; readonly reminders: number }): readonly string[] | null {
  if (reminders > 1) return null;
  const turn = Math.floor((dayOf(rota, at) - Date.parse(rota.from.date) / DAY_MS) / rota.days);
  const named = Array.from({ length: reminders + 1 }, (_, n) => rota.people[modulo(turn + n, rota.people.length)] as string);
  return [...new Set(named)];
}

/** Days since 1970 by what the zone's clocks show; one begins at the hour of the hand-over. */
function dayOf({ zone, from }: Rota, at: number): number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const day = Date.UTC(part('year'), part('month') - 1, part('day')) / DAY_MS;
  return part('hour') * 60 + part('minute') < from.minutes ? day - 1 : day;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
