/** How long after they were called, and after each reminder, people are reminded once more. After the last of these nobody is. */
const AFTER_MS = [15 * 60_000, 3_600_000, 4 * 3_600_000, 12 * 3_600_000];

/** How people were called about an incident that is not over. */
export interface Called {
  /** When they were last told that they are needed. */
  readonly at: number;
  /** When they were reminded of that, oldest first. */
  readonly remindedAt: readonly number[];
  /** When they are called anyway, before the question expires; null: no question is open. */
  readonly warnedAt: number | null;
}

/** When people are reminded next; null: not again. Not where the warning of a question is nearer than the reminder before. */
export function remindAt({ at, remindedAt, warnedAt }: Called): number | null {
  const waitMs = AFTER_MS[remindedAt.length];
  if (waitMs === undefined) return null;
  const due = (remindedAt.at(-1) ?? at) + waitMs;
  return warnedAt !== null && due + waitMs > warnedAt ? null : due;
}
