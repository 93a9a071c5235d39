import type { Verdict } from './check.js';
import type { Debt } from './debt.js';
import type { IncidentSince } from './incident.js';
import type { Launch } from './launch.js';
import type { Release } from './release.js';
import type { Resource } from './resource.js';
import type { WayBack } from './way-back.js';

/** Everything a card of a launch is drawn from, read at one time. */
export interface LaunchView {
  readonly launch: Launch;
  readonly app: Resource;
  readonly release: Release;
  /** Where a rollback would go now, and why. */
  readonly wayBack: WayBack;
  /** Those that began in this launch, oldest first. */
  readonly incidents: readonly IncidentSince[];
  /** Repairs that were run in this launch, by kind. */
  readonly repairs: readonly { readonly repair: string; readonly times: number }[];
  /** Since it began. */
  readonly debt: Debt;
  /** Readings since it began, of all checks. */
  readonly readings: Readonly<Record<Verdict, number>>;
}
