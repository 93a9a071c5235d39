import type { Severity } from '../domain/finding.js';
import type { Json } from '../domain/json.js';
import type { Risk } from '../domain/plan.js';
import type { Role } from '../domain/person.js';
import type { Backoff } from './backoff.js';
import type { Condition } from './condition.js';
import type { TimeWindow } from '../domain/time-window.js';

/** The trust ladder: only look · say what would be done · ask first · act, and say so. */
export const RUNGS = ['observe', 'suggest', 'ask', 'act-and-tell'] as const;
export type Rung = (typeof RUNGS)[number];

/** Repairs and targets, each exact or with `*`: 'pm2.*' on 'shop'. */
export interface Scope {
  readonly repair: string;
  readonly target: string;
}

/** So many apps within an hour: a number, or a share of those that are watched. */
export type MaxTargets = { readonly count: number } | { readonly share: number };

export interface PolicyRule extends Scope {
  readonly name: string;
  readonly rung: Rung;
  /** How many different people must say yes when it asks. */
  readonly approvers: number;
  /** The least role that may say yes. */
  readonly role: Exclude<Role, 'viewer'>;
  /** False: who asked for it does not say yes to it, where somebody else can. */
  readonly requesterMayApprove: boolean;
  /** Outside of all of them the rule stands one rung lower; none: it always holds. */
  readonly windows: readonly TimeWindow[];
  /** The rule holds only where this does; null: always. */
  readonly when: Condition | null;
  /** With more targets than this it asks instead. */
  readonly maxTargets: MaxTargets | null;
  /** Attempts at one problem in 24 h. */
  readonly maxAttempts: number | null;
  /** How the wait between two attempts at one problem grows; null: no wait. */
  readonly backoff: Backoff | null;
  /** True: decided as ever, and never done. */
  readonly dryRun: boolean;
}

/** An entry of the lists that stand before all rules. */
export interface ListEntry extends Scope {
  readonly when: Condition | null;
}

/** A rule that is valid and kept, for which this version has no repair yet. */
export interface LaterRule {
  readonly name: string;
  /** What it wants, in words. */
  readonly says: string;
  /** The rule as it was read. */
  readonly read: Json;
}

/** The operator's rules; the first that fits decides, else `default`. */
export interface Policy {
  /** True: all is decided as ever, and nothing is done, whoever asks. */
  readonly dryRun: boolean;
  readonly default: Rung;
  readonly rules: readonly PolicyRule[];
  /** Where it is given, nothing else may be done. */
  readonly allow: readonly ListEntry[] | null;
  /** Never done, whoever asks for it. */
  readonly deny: readonly ListEntry[];
  readonly restartsPer30m: number;
  readonly restartsPer24h: number;
  readonly rollbacksPer24h: number;
  /** A release that ran so long without trouble counts as stable when another replaces it; absent: only a whole watch does. */
  readonly soakMs?: number;
  /** Remediations of ours of one target, and of all of this host, in an hour. */
  readonly remediationsPerTargetHour: number;
  readonly remediationsPerHour: number;
  readonly repairExpiryMs: number;
  readonly rollbackExpiryMs: number;
  readonly later: readonly LaterRule[];
  /** Of everything above: names one policy. */
  readonly hash: string;
}

/** What of a plan policy looks at. */
export interface PlanInQuestion {
  readonly repair: string;
  readonly risk: Risk;
  readonly targetName: string;
  readonly restarts: number;
  readonly rollsBack: boolean;
  /** Migrations between the running release and the target of a rollback; null: cannot be told. */
  readonly migrations: number | null;
  /** What the pre-flight of a rollback calls red, each in its word; absent where there was none. */
  readonly red?: readonly string[];
  /** True: it lets in again whom the app keeps out. Absent in records of older versions, which had no such repair. */
  readonly letsIn?: boolean;
}

/** What is true around the plan: counts and times, so that a decision can be kept whole and made again. */
export interface PolicyFacts {
  readonly now: number;
  /** IANA zone in which conditions read `hour` and `weekday`. */
  readonly zone: string;
  /** What was done to the target, by anyone where nothing else is said; each in a window that slides. */
  readonly counts: {
    readonly restarts30m: number;
    readonly restarts24h: number;
    readonly rollbacks24h: number;
    /** Remediations of ours of this target, and of all. */
    readonly remediationsTargetHour: number;
    readonly remediationsHour: number;
  };
  /** Remediations of ours for this problem in 24 h. */
  readonly attempts: { readonly count: number; readonly lastAt: number | null };
  /** Other targets we did something to within the hour, and how many apps are watched. */
  readonly spread: { readonly others: number; readonly watched: number };
  /** The person who asked for it by hand; null: the runbook did. */
  readonly askedBy: { readonly name: string; readonly role: Role } | null;
  /** How many people may say yes, from this role on. */
  readonly eligible: Readonly<Record<Exclude<Role, 'viewer'>, number>>;
  /** Holds in force over the target. */
  readonly holds: readonly { readonly kind: string; readonly reason: string; readonly author: string }[];
  /** False while a rollback stands behind what runs: it is not rolled back by itself again. */
  readonly mayRollBackAlone: boolean;
  /** Which rollback that was; null where it may, absent in records of older versions. */
  readonly whyNotAlone?: string | null;
  /** True where a rollback was done for this incident and did not help; absent in records of older versions. */
  readonly rolledBackInVain?: boolean;
  /** What the same repair for the same problem did before, in the last 24 h: how often it was run. */
  readonly sameBefore: number;
  /** How often any repair had helped against this problem in the last 24 h, and it came back. */
  readonly cameBack: number;
  /** Null: nothing is wrong that is known of. */
  readonly incident: { readonly kind: string; readonly severity: Severity; readonly emergency: boolean; readonly ageMs: number } | null;
  /** Null: no launch is open. */
  readonly launch: { readonly tier: number; readonly ageMs: number } | null;
  /** Share of its memory limit that the largest process uses, 0.9 for 90 %; null: not known. */
  readonly memoryShare: number | null;
  /** Requests a second to the target, now and usually; null: not known. Asked where a plan lets somebody in. */
  readonly requestRate?: { readonly now: number | null; readonly usual: number | null };
}
