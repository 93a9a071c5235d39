import type { LaunchId, ReleaseId, ResourceId } from './ids.js';

export type LaunchState = 'watching' | 'stable' | 'unproven' | 'superseded' | 'rolled_back';

/** A release going live, and its watch window. */
export interface Launch {
  readonly id: LaunchId;
  readonly appId: ResourceId;
  readonly releaseId: ReleaseId;
  readonly state: LaunchState;
  readonly startedAt: number;
  readonly endsAt: number;
  readonly endedAt: number | null;
  /** Scheduled ticks already made or passed over. */
  readonly ticksMade: number;
  /** The next scheduled tick; null when none is left. */
  readonly nextTickAt: number | null;
  /** While hot, extra ticks come at the first tier's cadence. */
  readonly hotUntil: number;
  /** When the next tick of either kind is due; null when none is. */
  readonly nextAt: number | null;
  /** False after a rollback: the restored release is watched, but not rolled back by itself again. */
  readonly autoRollback: boolean;
  readonly why: string;
  /** Who began it; 'hypercare': it was seen running, and nobody said who had brought it live. Absent or null: not written down. */
  readonly who?: string | null;
}
