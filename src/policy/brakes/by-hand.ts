import { mayActAs } from '../../domain/person.js';
import { needed } from '../eligible.js';
import type { Brake, Case, Stop } from './brake.js';
import { destructive } from './destructive.js';

/** Whoever typed it may not have seen what speaks against it: the question shows that, and his yes to it counts. */
function againstRed({ plan }: Case): Stop | null {
  const red = plan.rollsBack ? (plan.red ?? []) : [];
  return red.length === 0 ? null : { verdict: 'ask', rule: 'risk:preflight', why: `the pre-flight is red: ${red.join(', ')}`, change: 'mend what is red, or an approver says yes all the same' };
}

/** Whoever asks is a person: the ladder does not bind him, the rule's terms do. It always decides where somebody asked. */
export const byHand: Brake = {
  name: 'asked for by hand',
  stops(asked) {
    const { facts, chosen } = asked;
    const { askedBy } = facts;
    if (!askedBy) return null;
    const { rule } = chosen;
    const grave = destructive.stops(asked) ?? againstRed(asked);
    if (grave) return grave;
    if (rule.approvers > 1) return { verdict: 'ask', rule: rule.name, why: `the rule asks for ${rule.approvers} people`, change: 'they say yes, or the rule asks for one' };
    const may = mayActAs(askedBy, rule.role);
    if (!may) return { verdict: 'ask', rule: 'asked-by-operator', why: `${askedBy.name} asked for it; an ${rule.role} says yes`, change: `an ${rule.role} says yes` };
    const terms = needed(rule, facts);
    if (terms.barred) return { verdict: 'ask', rule: rule.name, why: `${askedBy.name} asked for it, and by the rule somebody else says yes`, change: 'somebody else says yes' };
    const alone = terms.note === null ? '' : ` (${terms.note})`;
    return { verdict: 'auto', rule: 'asked-by-approver', why: `${askedBy.name} asked for it, and may approve${alone}`, change: 'nothing' };
  },
  saw: () => 'no: the runbook wants it',
};
