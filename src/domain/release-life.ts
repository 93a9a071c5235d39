import type { ReleaseId } from './ids.js';

/** One time that a release ran; `until` null: it runs. */
export interface Stretch {
  readonly from: number;
  readonly until: number | null;
}

/** When a release ran, by the launches that saw it. */
export interface ReleaseLife {
  readonly stretches: readonly Stretch[];
  /** Incidents of the app while it ran, and how long they were open. */
  readonly incidents: number;
  readonly sickMs: number;
}

/**
 * When each release ran. A launch ends with its watch, and its release runs on until the next one begins: so each
 * stretch lasts until the next launch of the app, whatever it is of.
 */
export function livesOf(
  launches: readonly { readonly releaseId: ReleaseId; readonly startedAt: number }[],
  incidents: readonly { readonly openedAt: number; readonly closedAt: number | null }[],
  now: number,
): ReadonlyMap<ReleaseId, ReleaseLife> {
  const sorted = launches.toSorted((a, b) => a.startedAt - b.startedAt);
  const lives = new Map<ReleaseId, Stretch[]>();
  sorted.forEach(({ releaseId, startedAt }, n) => {
    const stretches = lives.get(releaseId) ?? [];
    lives.set(releaseId, stretches);
    const until = sorted[n + 1]?.startedAt ?? null;
    const last = stretches.at(-1);
    if (last?.until === startedAt) stretches.splice(-1, 1, { from: last.from, until });
    else stretches.push({ from: startedAt, until });
  });
  return new Map([...lives].map(([id, stretches]) => [id, { stretches, ...sickness(stretches, incidents, now) }]));
}

function sickness(stretches: readonly Stretch[], incidents: readonly { readonly openedAt: number; readonly closedAt: number | null }[], now: number): Pick<ReleaseLife, 'incidents' | 'sickMs'> {
  const meant = incidents.filter(({ openedAt }) => stretches.some(({ from, until }) => openedAt >= from && openedAt < (until ?? now + 1)));
  const sickMs = stretches.reduce((sum, stretch) => sum + meant.reduce((inside, { openedAt, closedAt }) => inside + overlap(stretch, { from: openedAt, until: closedAt }, now), 0), 0);
  return { incidents: meant.length, sickMs };
}

function overlap(a: Stretch, b: Stretch, now: number): number {
  return Math.max(0, Math.min(a.until ?? now, b.until ?? now) - Math.max(a.from, b.from));
}

export function ranMs({ stretches }: Pick<ReleaseLife, 'stretches'>, now: number): number {
  return stretches.reduce((sum, { from, until }) => sum + Math.max(0, (until ?? now) - from), 0);
}

/** When it ran last; null: it never did, or it runs. */
export function ranUntil({ stretches }: Pick<ReleaseLife, 'stretches'>): number | null {
  return stretches.at(-1)?.until ?? null;
}
