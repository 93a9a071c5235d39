import type { Verdict } from '../domain/check.js';
import type { Severity } from '../domain/finding.js';
import type { HealingFigures } from '../domain/healing-figures.js';
import type { HealthScore } from '../domain/health-score.js';
import type { IncidentState } from '../domain/incident.js';
import type { LaunchState } from '../domain/launch.js';
import type { ReleaseVerdict } from '../domain/release.js';
import type { RemediationState } from '../domain/remediation.js';
import type { Card } from './card.js';

/** Everything the dashboard shows at one time, as a page without scripts and as the live one. Times are ISO 8601. */
export interface Board {
  readonly version: 1;
  readonly at: string;
  readonly host: string;
  /** As the command “status” says it. */
  readonly status: Card;
  readonly score: HealthScore;
  /** Of the last 24 h, oldest first; each holds until the next. */
  readonly scores: readonly { readonly at: string; readonly score: number | null }[];
  readonly questions: readonly BoardQuestion[];
  /** The open ones, the gravest first. */
  readonly incidents: readonly BoardIncident[];
  readonly apps: readonly BoardApp[];
  /** Repairs, the newest first. */
  readonly runs: readonly BoardRun[];
  readonly statistics: Readonly<Record<'24h' | '7d' | '30d', HealingFigures>>;
}

/** What people are asked: the card with its buttons, as chats get it. */
export interface BoardQuestion {
  readonly id: string;
  readonly app: string;
  readonly expiresAt: string;
  readonly card: Card;
}

export interface BoardIncident {
  readonly id: string;
  readonly at: string;
  readonly severity: Severity;
  readonly emergency: boolean;
  readonly state: IncidentState;
  readonly title: string;
  /** Since when it really was one. */
  readonly began: string;
  readonly endedAt: string | null;
  /** What is being done about it now, or how it ended. */
  readonly doing: string;
}

export interface BoardApp {
  readonly app: string;
  readonly verdict: Verdict;
  readonly why: string;
  readonly release: string | null;
  readonly releaseVerdict: ReleaseVerdict | null;
  readonly checks: readonly { readonly name: string; readonly label: string; readonly probe: string; readonly verdict: Verdict | null; readonly at: string | null; readonly ms: number | null; readonly note: string | null }[];
  readonly launch: BoardLaunch | null;
  /** Those before it, the newest first. */
  readonly earlier: readonly BoardRelease[];
}

export interface BoardRelease {
  readonly release: string;
  readonly state: LaunchState;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** The newest launch of an app, with what fell into its window. */
export interface BoardLaunch extends BoardRelease {
  readonly endsAt: string;
  /** From 1; null once it has ended. */
  readonly tier: number | null;
  readonly tiers: readonly { readonly from: string; readonly to: string; readonly everyMs: number }[];
  readonly nextTickAt: string | null;
  readonly hotUntil: string | null;
  /** Oldest first, open and past. */
  readonly incidents: readonly BoardIncident[];
}

export interface BoardRun {
  readonly id: string;
  readonly incidentId: string;
  readonly repair: string;
  readonly at: string;
  readonly byHand: boolean;
  readonly state: RemediationState;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly outcome: string | null;
  readonly error: string | null;
  readonly undone: boolean;
}
