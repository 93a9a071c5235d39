import type { Decision } from '../../domain/plan.js';
import type { PlanInQuestion, Policy, PolicyFacts } from '../policy.js';
import type { ChosenRule } from '../rule-for.js';

/** What a brake is shown. */
export interface Case {
  readonly plan: PlanInQuestion;
  readonly policy: Policy;
  readonly facts: PolicyFacts;
  readonly chosen: ChosenRule;
}

/** A decision, and what would have to change for another one. */
export interface Stop extends Decision {
  readonly change: string;
}

/** One reason to hold back: pure, and it names what it looked at whether it stops or not. */
export interface Brake {
  /** In a few words, for people: 'holds', 'restart budget'. */
  readonly name: string;
  /** Null: this one lets the plan pass. */
  stops(of: Case): Stop | null;
  /** What it saw where it let the plan pass. */
  saw(of: Case): string;
}

/** A used-up budget stops the machine alone: a person who asks is asked to confirm. */
export function denyMachine({ facts }: Case): 'ask' | 'deny' {
  return facts.askedBy ? 'ask' : 'deny';
}
