import type { PlanId, RemediationId, ResourceId } from './ids.js';
import type { Json } from './json.js';
import type { Plan } from './plan.js';

/**
 * running: its steps · settling: done, waiting to be judged by fresh samples · verified: it helped · failed: it did
 * not, or a step failed · unclear: too little was measured to say.
 */
export type RemediationState = 'running' | 'undoing' | 'settling' | 'verified' | 'failed' | 'unclear';

/** One run of a plan. */
export interface Remediation {
  readonly id: RemediationId;
  readonly planId: PlanId;
  readonly resourceId: ResourceId;
  readonly fingerprint: string;
  readonly state: RemediationState;
  readonly startedAt: number;
  readonly settleUntil: number | null;
  readonly deadlineAt: number | null;
  readonly endedAt: number | null;
  readonly outcome: string | null;
}

/** People froze it before it was done: that says nothing of the repair, which does not count as tried. */
export function wasStopped({ state, settleUntil }: Pick<Remediation, 'state' | 'settleUntil'>): boolean {
  return state === 'unclear' && settleUntil === null;
}

/** How the outcome begins of what a failing step ended, rather than readings that stayed bad. */
export const STEP_FAILED = 'step “';

/** It never came so far that fresh readings could say whether it helps. */
export function brokeOff({ state, outcome }: Pick<Remediation, 'state' | 'outcome'>): boolean {
  return state === 'failed' && outcome?.startsWith(STEP_FAILED) === true;
}

/** Done as it was meant, and nothing is proved: a plan that asks for no good reading ends what could be measured. */
export function isLeftToPeople({ state, settleUntil }: Pick<Remediation, 'state' | 'settleUntil'>, plan: Pick<Plan, 'prepared'> | undefined): boolean {
  return state === 'unclear' && settleUntil !== null && plan?.prepared?.verify.good === 0;
}

/** It was begun, and is not proved to have helped: 'pm2.reload, which was not done to its end: step … failed'. */
export function sayVain({ repair, settleUntil, outcome }: Pick<Remediation, 'settleUntil' | 'outcome'> & { readonly repair: string }): string {
  return `${repair}, which was ${settleUntil === null ? 'not done to its end' : 'not proved to help'}${outcome === null ? '' : `: ${outcome}`}`;
}

/** The step after which PM2 starts another release: its row in the journal tells that this release was live. */
export const SWITCHED = 'switch current';

/** Whether what was switched to was left live: nothing of it was taken back. */
export function staysLive(steps: readonly Pick<JournalStep, 'dir' | 'name' | 'state'>[]): boolean {
  return steps.some(({ dir, name, state }) => dir === 'do' && name === SWITCHED && state === 'done') && !steps.some(({ dir }) => dir === 'undo');
}

/** intended: written down before doing · done · failed · unknown: its state could not be told. */
export type StepState = 'intended' | 'done' | 'failed' | 'unknown';

export interface JournalStep {
  readonly remediationId: RemediationId;
  readonly dir: 'do' | 'undo';
  readonly n: number;
  readonly name: string;
  readonly state: StepState;
  readonly intendedAt: number;
  readonly deadlineAt: number;
  readonly endedAt: number | null;
  readonly receipt: Json;
  readonly error: string | null;
}
