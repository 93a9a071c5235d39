import type { Decision } from '../domain/plan.js';
import type { DecisionRecord } from './decision-record.js';
import { decide } from './decide.js';
import type { Policy } from './policy.js';

/** One recorded decision that another policy would have made otherwise. */
export interface Difference {
  readonly at: number;
  /** Its place in what was replayed. */
  readonly n: number;
  readonly target: string;
  readonly repair: string;
  readonly was: Decision;
  readonly would: Decision;
}

export interface Replayed {
  /** As many decisions were made again. */
  readonly decisions: number;
  readonly differences: readonly Difference[];
}

/** Makes recorded decisions again with another policy, on the facts of their time. What would have followed is not known. */
export function replayed(records: readonly DecisionRecord[], policy: Policy): Replayed {
  const differences = records.flatMap(({ plan, facts, explanation }, n): readonly Difference[] => {
    const would = decide(plan, policy, facts);
    const was = { verdict: explanation.verdict, rule: explanation.rule, why: explanation.why };
    return would.verdict === was.verdict ? [] : [{ at: facts.now, n, target: plan.targetName, repair: plan.repair, was, would }];
  });
  return { decisions: records.length, differences };
}
