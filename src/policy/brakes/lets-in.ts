import type { PolicyFacts } from '../policy.js';
import type { Brake } from './brake.js';

/**
 * A limiter keeps people out by the app's own rules, and whoever attacks is among them: the machine lets nobody in unless a
 * rule names the repair, and not while more requests come in than usual, nor where nobody can tell.
 */
export const letsIn: Brake = {
  name: 'whom it lets in',
  stops({ plan, facts, chosen: { rule } }) {
    if (plan.letsIn !== true) return null;
    if (!rule.repair.startsWith('ratelimit.')) return { verdict: 'ask', rule: 'risk:lets-in', why: 'it lets in again whom the app keeps out, and no rule names it', change: `a rule names ${plan.repair}; a person says yes` };
    const why = whyNotNow(facts);
    return why === null ? null : { verdict: 'ask', rule: 'risk:request-rate', why, change: 'no more requests come in than usual; a person says yes' };
  },
  saw: ({ plan, facts }) => (plan.letsIn === true ? `a rule names it, and ${facts.requestRate?.now} requests a second come in, where up to ${facts.requestRate?.usual} are usual` : 'nobody'),
};

function whyNotNow({ requestRate }: PolicyFacts): string | null {
  const { now = null, usual = null } = requestRate ?? {};
  if (now === null) return 'how many requests come in is not known, and an attack must not be let in';
  if (usual === null) return `${now} requests a second come in, and how many are usual is not known: an attack must not be let in`;
  return now > usual ? `${now} requests a second come in, and up to ${usual} are usual: an attack would be let in` : null;
}
