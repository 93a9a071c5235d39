import { fits } from '../domain/glob.js';
import type { ListEntry, PlanInQuestion, PolicyFacts } from './policy.js';
import { valuesOf } from './values-of.js';

/** Null: its condition cannot be told. */
export function entryFits(entry: ListEntry, plan: PlanInQuestion, facts: PolicyFacts): boolean | null {
  if (!fits(entry.repair, plan.repair) || !fits(entry.target, plan.targetName)) return false;
  return entry.when === null ? true : entry.when.holds(valuesOf(plan, facts));
}
