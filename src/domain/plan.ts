import type { HypercareError } from './errors.js';
import type { IncidentId, PlanId, ReleaseId, ResourceId } from './ids.js';
import type { Json } from './json.js';
import type { PreflightItem } from './preflight.js';

/** safe: no user notices · disruptive: some may · destructive: something may be lost. */
export type Risk = 'safe' | 'disruptive' | 'destructive';

/** One step as people read it and as it is hashed: what will be done, with every value in it. */
export interface StepSpec {
  readonly name: string;
  /** The exact command or call, for people: 'pm2 reload shop', 'rename current → releases/ab12cd3'. */
  readonly does: string;
  readonly timeoutMs: number;
}

/** The largest harm the plan may do, as numbers: { restarts: 1 }, { keys: 500 }. */
export type Bounds = Readonly<Record<string, number>>;

/**
 * How it will be judged: `good` fresh good samples in a row of each of these checks, within `withinMs` after settling.
 * 0: nothing can be proved, because it ends what the checks ask; people take over.
 */
export interface VerifySpec {
  readonly checks: readonly string[];
  readonly good: number;
  readonly settleMs: number;
  readonly withinMs: number;
  /** It changes nothing that a check could see, and its own last step is the proof. */
  readonly byItself?: true;
}

/** What takes back by itself what was done for a while; policy is asked again then. */
export interface FollowUp {
  readonly repair: string;
  readonly args: Json;
  /** After it was verified. */
  readonly afterMs: number;
}

/** What a repair prepared. All of it but `witness` and `artefacts` is hashed. */
export interface Prepared {
  readonly does: readonly StepSpec[];
  readonly touches: readonly ResourceId[];
  /** The release that runs afterwards, of a repair that changes it. */
  readonly leadsTo?: ReleaseId;
  /** The release a rehearsal tries; nothing runs it afterwards. */
  readonly rehearses?: ReleaseId;
  /** The commit that runs afterwards, of a repair that brings one which the ledger may not know yet. */
  readonly brings?: string;
  readonly bounds: Bounds;
  readonly verify: VerifySpec;
  readonly followUp?: FollowUp;
  /** How to come back from it, for people; null: there is no way back. */
  readonly wayBack: string | null;
  /** What was true when it was prepared (pids, start times, counts): an act happens only while it still is. */
  readonly witness: Json;
  readonly artefacts: readonly { readonly name: string; readonly sha256: string }[];
  /** What people should know before they say yes, one line each; not hashed. */
  readonly notes: readonly string[];
  /** Of a rollback: what was looked at before it; not hashed. */
  readonly preflight?: readonly PreflightItem[];
}

/** Why a repair will not do it, for people. */
export interface Refusal {
  readonly refused: string;
  /** True when it may be possible in a moment: somebody else is at work. */
  readonly again?: boolean;
  /** Set where it could not even be looked whether it can be done, and may be later: PM2 does not answer. */
  readonly unchecked?: HypercareError;
}

/**
 * drafted: to be prepared · prepared: to be decided · refused · asked: a question is open · confirming: a yes came, it
 * is prepared again · approved: to be executed · running · done · denied · expired · cancelled · superseded.
 */
export type PlanState =
  | 'drafted' | 'prepared' | 'refused' | 'asked' | 'confirming' | 'approved' | 'running' | 'done'
  | 'denied' | 'expired' | 'cancelled' | 'superseded';

export interface Plan {
  readonly id: PlanId;
  readonly incidentId: IncidentId;
  readonly targetId: ResourceId;
  readonly repair: string;
  readonly args: Json;
  readonly risk: Risk;
  readonly state: PlanState;
  readonly prepared: Prepared | null;
  readonly hash: string | null;
  /** Policy's answer and the rule that gave it. */
  readonly verdict: Decision['verdict'] | null;
  readonly rule: string | null;
  readonly why: string | null;
  readonly askedBy: string | null;
  readonly madeAt: number;
}

/** Policy's answer to a plan; it always names its rule. */
export interface Decision {
  readonly verdict: 'auto' | 'ask' | 'deny';
  readonly rule: string;
  readonly why: string;
  /** Of a denial that time alone lifts: it is tried again then. */
  readonly notBefore?: number;
}
