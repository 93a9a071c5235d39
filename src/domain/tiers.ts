/** Part of the watch window with its own cadence: ticks every `everyMs` until `untilMs` after the launch began. */
export interface Tier {
  readonly untilMs: number;
  readonly everyMs: number;
}

/** 15 min for 6 h, 30 min until 24 h, 4 h until 72 h: 24 + 36 + 12 ticks beginning at 0, and one closing tick. */
export const DEFAULT_TIERS: readonly Tier[] = [
  { untilMs: 6 * 3_600_000, everyMs: 15 * 60_000 },
  { untilMs: 24 * 3_600_000, everyMs: 30 * 60_000 },
  { untilMs: 72 * 3_600_000, everyMs: 4 * 3_600_000 },
];

/** Every tick's offset from the start of the launch in milliseconds, ascending; the last is the closing tick. */
export function tickOffsets(tiers: readonly Tier[]): readonly number[] {
  const offsets: number[] = [];
  let from = 0;
  for (const tier of tiers) {
    for (let at = from; at < tier.untilMs; at += tier.everyMs) offsets.push(at);
    from = tier.untilMs;
  }
  offsets.push(from);
  return offsets;
}

/** Length of the whole watch window in milliseconds. */
export function windowMs(tiers: readonly Tier[]): number {
  return tiers.at(-1)?.untilMs ?? 0;
}

/** Which tier (0-based) holds at `ageMs`; the last one also at and after the end. */
export function tierAt(tiers: readonly Tier[], ageMs: number): number {
  const index = tiers.findIndex((tier) => ageMs < tier.untilMs);
  return index === -1 ? Math.max(0, tiers.length - 1) : index;
}

/**
 * After a tick was made at `now`: how many scheduled ticks lie behind, and when the next one is due (null: none left).
 * Ticks missed while nobody watched are skipped, so at most one is ever caught up; `made` never falls, so a clock
 * that steps back repeats none.
 */
export function afterTick(
  tiers: readonly Tier[],
  startedAt: number,
  made: number,
  now: number,
): { readonly made: number; readonly nextAt: number | null } {
  const offsets = tickOffsets(tiers);
  let done = made + 1;
  while (done < offsets.length - 1 && startedAt + (offsets[done] as number) <= now) done += 1;
  const next = offsets[done];
  return { made: done, nextAt: next === undefined ? null : startedAt + next };
}
