/** So many incidents of one problem that came and went by themselves within `FLAPS_WITHIN_MS` are flapping. */
const TIMES = 3;
export const FLAPS_WITHIN_MS = 3_600_000;
/** What stays bad for so long comes and goes no more: it is an ordinary problem again, and may be repaired. */
const STEADILY_BAD_MS = 10 * 60_000;

/** An incident of the app's present release that no repair ended. */
export interface ComeAndGone {
  readonly problem: string;
  readonly openedAt: number;
  readonly closedAt: number | null;
}

/** How often the problem that came and went most did so within the last hour; null where that is not flapping. */
export function flapping(incidents: readonly ComeAndGone[], now: number): number | null {
  const gone = incidents.filter(({ openedAt, closedAt }) => closedAt !== null && openedAt > now - FLAPS_WITHIN_MS);
  const times = Math.max(0, ...gone.map(({ problem }) => gone.filter((one) => one.problem === problem).length));
  return times >= TIMES ? times : null;
}

/** When an app that flapped will have been steady for long enough; null: it never came and went. */
export function steadyAt(incidents: readonly ComeAndGone[]): number | null {
  const open = incidents.find(({ closedAt }) => closedAt === null);
  if (open) return open.openedAt + STEADILY_BAD_MS;
  return incidents.length === 0 ? null : Math.max(...incidents.map(({ closedAt }) => (closedAt ?? 0) + FLAPS_WITHIN_MS));
}
