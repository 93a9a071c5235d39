import { EVERYTHING, namingApps } from './hold.js';

/** More than this share of incidents that no repair ended disarms the machine. */
const MOST_FAILED = 0.3;
/** One failure of one says nothing. */
const LEAST_INCIDENTS = 5;
/** Failures of one app tell of that app; of so many apps they tell of the machine. */
const LEAST_APPS = 2;
export const FAILURES_WITHIN_MS = 24 * 3_600_000;

/** What became of one incident that was repaired: how its last repair ended. */
export interface RepairedIncident {
  readonly app: string;
  readonly failed: boolean;
  /** When its last repair ended. */
  readonly endedAt: number;
}

/** Which apps are left to people, and why; null where enough of it helped. */
export function tooManyFailed(incidents: readonly RepairedIncident[]): { readonly scope: string; readonly reason: string } | null {
  const failed = incidents.filter((incident) => incident.failed);
  if (incidents.length < LEAST_INCIDENTS || failed.length / incidents.length <= MOST_FAILED) return null;
  const apps = [...new Set(failed.map(({ app }) => app))].toSorted();
  const reason = namingApps(`repairs did not help in ${failed.length} of the last ${incidents.length} incidents within 24 h`, apps);
  return { scope: apps.length < LEAST_APPS ? (apps[0] ?? EVERYTHING) : EVERYTHING, reason };
}
