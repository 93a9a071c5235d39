import type { Act } from '../domain/act.js';
import type { Decision, Risk } from '../domain/plan.js';
import type { Role } from '../domain/person.js';

/** The trust ladder: only look · say what would be done · ask first · act, and say so. */
export const RUNGS = ['observe', 'suggest', 'ask', 'act-and-tell'] as const;
export type Rung = (typeof RUNGS)[number];

export interface PolicyRule {
  readonly name: string;
  /** Exact kind of repair, or with `*`: 'pm2.*'. */
  readonly repair: string;
  /** Exact name of the target, or with `*`. */
  readonly target: string;
  readonly rung: Rung;
  /** How many different people must say yes when it asks. */
  readonly approvers: number;
}

/** The operator's rules; the first that fits decides, else `default`. */
export interface Policy {
  readonly default: Rung;
  readonly rules: readonly PolicyRule[];
  readonly restartsPer30m: number;
  readonly restartsPer24h: number;
  readonly rollbacksPer24h: number;
  readonly repairExpiryMs: number;
  readonly rollbackExpiryMs: number;
}

/** What of a plan policy looks at. */
export interface PlanInQuestion {
  readonly repair: string;
  readonly risk: Risk;
  readonly targetName: string;
  readonly restarts: number;
  readonly rollsBack: boolean;
  /** Migration files between the running release and the target of a rollback; null: cannot be told. */
  readonly migrations: number | null;
}

/** What is true around the plan. */
export interface PolicyFacts {
  readonly now: number;
  /** Everything done to the target in the last 24 h, by anyone, oldest first. */
  readonly acts: readonly Act[];
  /** The person who asked for it by hand; null: the runbook did. */
  readonly askedBy: { readonly name: string; readonly role: Role } | null;
  /** Holds in force over the target. */
  readonly holds: readonly { readonly kind: string; readonly reason: string; readonly author: string }[];
  /** False for a release that was rolled back to: it is not rolled back by itself again. */
  readonly mayRollBackAlone: boolean;
  /** What the same repair for the same problem did before, in the last 24 h: how often it was run. */
  readonly sameBefore: number;
  /** How often any repair had helped against this problem in the last 24 h, and it came back. */
  readonly cameBack: number;
}

export type { Decision };
