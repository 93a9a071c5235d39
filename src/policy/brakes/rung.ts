import { RUNGS } from '../policy.js';
import { rungNow } from '../rung-now.js';
import { sayRule } from '../say-rule.js';
import { opensAt } from '../../domain/time-window.js';
import type { Brake, Case } from './brake.js';

/** The rung of the rule that fits, one lower outside of its windows. */
export const rung: Brake = {
  name: 'rung of the rule',
  stops(of) {
    const { chosen: { rule, unsure }, facts } = of;
    const now = rungNow(rule, facts.now);
    if (now === 'act-and-tell') return null;
    const outside = now !== rule.rung;
    const says = { observe: 'only observes', suggest: 'only suggests', ask: 'asks first' }[now];
    const why = `the rule “${rule.name}” ${says}${outside ? ` outside of ${rule.windows.map(({ text }) => text).join(' and ')}` : ''}${unsure ? `; whether “${rule.when?.text}” holds cannot be told` : ''}`;
    return { verdict: now === 'ask' ? 'ask' : 'deny', rule: rule.name, why, change: outside ? whenOpen(of) : `the rule gets the rung ${RUNGS[RUNGS.indexOf(now) + 1]}${now === 'ask' ? '' : ' or higher'}` };
  },
  saw: ({ chosen: { rule } }) => `${sayRule(rule)}: it acts and tells`,
};

function whenOpen({ chosen: { rule }, facts }: Case): string {
  const opens = opensAt(rule.windows, facts.now);
  const when = opens && new Intl.DateTimeFormat('en-GB', { timeZone: opens.zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(opens.at);
  return `${opens === null ? 'one of its windows opens' : `its window opens ${when} (${opens.zone})`}, or the rule's windows are widened`;
}
