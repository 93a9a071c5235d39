import { mayActAs } from '../domain/person.js';
import type { PolicyFacts, PolicyRule } from './policy.js';

/** Who has to say yes to one plan. */
export interface Needed {
  /** How many different people. */
  readonly need: number;
  /** The person whose yes does not count, because he asked for it; null: nobody. */
  readonly barred: string | null;
  /** Where fewer people are there than the rule wants, in words for the card; null: it is as the rule says. */
  readonly note: string | null;
}

/** Four eyes only where two eligible people exist: a rule that nobody can meet would only make everything expire. */
export function needed(rule: Pick<PolicyRule, 'approvers' | 'role' | 'requesterMayApprove'>, facts: Pick<PolicyFacts, 'askedBy' | 'eligible'>): Needed {
  const able = facts.eligible[rule.role];
  // Whose yes would not count anyway is none of those who may say it, and takes nobody's place.
  const keepsOut = !rule.requesterMayApprove && facts.askedBy !== null && mayActAs(facts.askedBy, rule.role);
  const barred = keepsOut && able >= 2 && facts.askedBy ? facts.askedBy.name : null;
  const need = Math.max(1, Math.min(rule.approvers, able - (barred === null ? 0 : 1)));
  const notes = [
    ...(keepsOut && barred === null ? ['the rule wants somebody else than who asked, and nobody else may approve'] : []),
    ...(need < rule.approvers ? [`the rule wants ${rule.approvers} people, and ${able - (barred === null ? 0 : 1)} may approve`] : []),
  ];
  return { need, barred, note: notes.length === 0 ? null : notes.join('; ') };
}
