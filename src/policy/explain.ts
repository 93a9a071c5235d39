import type { Decision } from '../domain/plan.js';
import type { Case } from './brakes/brake.js';
import { brakes } from './brakes/index.js';
import { caseFor, passes } from './decide.js';
import type { PlanInQuestion, Policy, PolicyFacts } from './policy.js';
import { DRY_RUN, unlessDry } from './dry-run.js';
import { sayRule } from './say-rule.js';

/** One brake on the way of a plan. */
export interface Look {
  readonly brake: string;
  readonly stopped: boolean;
  readonly saw: string;
}

/** Why a plan was decided so: every brake up to the one that stopped it, and what would have to change. */
export interface Explanation extends Decision {
  readonly looks: readonly Look[];
  /** Null where nothing stopped it. */
  readonly change: string | null;
  /** The rule that was looked at, in one line. */
  readonly ruleSays: string;
}

/** The same walk as `decide`, told. */
export function explain(plan: PlanInQuestion, policy: Policy, facts: PolicyFacts): Explanation {
  const of = caseFor(plan, policy, facts);
  const { rule } = of.chosen;
  const says = sayRule(rule);
  const ruleSays = says.startsWith(rule.name) ? says : `“${rule.name}”: ${says}`;
  const looks: Look[] = [];
  for (const brake of brakes) {
    const stop = brake.stops(of);
    looks.push({ brake: brake.name, stopped: stop !== null, saw: stop ? stop.why : brake.saw(of) });
    if (stop) return told(of, stop, { looks, ruleSays });
  }
  return told(of, { ...passes(of), change: null }, { looks, ruleSays });
}

function told(of: Case, end: Decision & Pick<Explanation, 'change'>, walk: Pick<Explanation, 'looks' | 'ruleSays'>): Explanation {
  const { verdict, rule, why } = unlessDry(of, end);
  const change = rule === DRY_RUN ? `dry_run is taken out of ${of.policy.dryRun ? 'the policy' : 'the rule'}` : verdict === 'auto' ? null : end.change;
  return { verdict, rule, why, ...walk, change };
}
