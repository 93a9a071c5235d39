import type { PolicyRule } from './policy.js';

/** A rule's terms in one line: 'act-and-tell pm2.* on shop, mon-fri 09:00-18:00 Europe/Berlin'. */
export function sayRule(rule: PolicyRule): string {
  const { maxTargets } = rule;
  return [
    `${rule.rung} ${rule.repair} on ${rule.target}${rule.dryRun ? ' (dry run)' : ''}`,
    ...rule.windows.map(({ text }) => text),
    ...(rule.when === null ? [] : [`when ${rule.when.text}`]),
    ...(rule.approvers > 1 ? [`${rule.approvers} people say yes`] : []),
    ...(rule.role === 'approver' ? [] : [`${rule.role}s may say yes`]),
    ...(rule.requesterMayApprove ? [] : ['not who asked for it']),
    ...(maxTargets === null ? [] : [`at most ${'count' in maxTargets ? `${maxTargets.count} apps` : `${Math.round(maxTargets.share * 100)} % of the apps`} within an hour`]),
    ...(rule.maxAttempts === null ? [] : [`at most ${rule.maxAttempts} attempts a day`]),
    ...(rule.backoff === null ? [] : [`waits between attempts: ${rule.backoff}`]),
  ].join(', ');
}
