import type { Decision } from '../domain/plan.js';
import type { Case } from './brakes/brake.js';

/** Its name in decisions. */
export const DRY_RUN = 'dry-run';

/** In a dry run everything is decided as ever and nothing is done: what would have been is told instead. */
export function unlessDry({ policy, chosen: { rule } }: Case, decision: Decision): Decision {
  if (decision.verdict === 'deny' || !(policy.dryRun || rule.dryRun)) return decision;
  const would = decision.verdict === 'auto' ? 'it would have been done' : 'people would have been asked';
  return { verdict: 'deny', rule: DRY_RUN, why: `this is a dry run; otherwise ${would}: ${decision.why}` };
}
