import { isInside, opensAt, type TimeWindow } from '../domain/time-window.js';

/** A time in which nothing is repaired by itself and nobody is called: each week, or once. */
export interface MaintenanceWindow {
  /** What it is for. */
  readonly name: string;
  /** Patterns of app names, divided by commas. */
  readonly apps: string;
  readonly when: TimeWindow | { readonly fromMs: number; readonly toMs: number };
}

const MINUTE_MS = 60_000;
const LONGEST_MS = 24 * 3_600_000;

/** When the window that is open at `now` shuts; null while it is shut. */
export function maintenanceAt({ when }: MaintenanceWindow, now: number): number | null {
  if ('fromMs' in when) return now >= when.fromMs && now < when.toMs ? when.toMs : null;
  if (!isInside(when, now)) return null;
  let at = Math.floor(now / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  while (at < now + LONGEST_MS && isInside(when, at)) at += MINUTE_MS;
  return at;
}

/** When the next window opens that is shut now; null: none within a week. */
export function nextMaintenance(windows: readonly MaintenanceWindow[], now: number): number | null {
  const shut = windows.filter((window) => maintenanceAt(window, now) === null);
  const once = shut.flatMap(({ when }) => ('fromMs' in when && when.fromMs > now ? [when.fromMs] : []));
  const weekly = shut.flatMap(({ when }) => ('fromMs' in when ? [] : [when]));
  const times = [...once, ...(weekly.length === 0 ? [] : [opensAt(weekly, now)?.at ?? null])].filter((at) => at !== null);
  return times.length === 0 ? null : Math.min(...times);
}
