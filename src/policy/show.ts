import { sayDuration } from '../domain/duration.js';
import type { ListEntry, Policy } from './policy.js';
import { defaultRule } from './rule-for.js';
import { sayRule } from './say-rule.js';

/** A policy in lines, in the order in which it is asked; the default is its last rule. */
export function showPolicy(policy: Policy) {
  return {
    rules: [...policy.rules, defaultRule(policy)].map((rule) => ({ name: rule.name, says: sayRule(rule) })),
    deny: policy.deny.map(sayEntry),
    allow: policy.allow?.map(sayEntry) ?? null,
    limits: [
      ...(policy.dryRun ? ['a dry run: all is decided as below, and nothing is done'] : []),
      `restarts of one app: ${policy.restartsPer30m} in 30 min, ${policy.restartsPer24h} in 24 h, whoever makes them`,
      `rollbacks of one app without asking: ${policy.rollbacksPer24h} in 24 h`,
      policy.soakMs === undefined ? 'a release is stable once it passed its whole watch' : `a release is stable once it passed its whole watch, or ran ${sayDuration(policy.soakMs)} without trouble until another replaced it`,
      `whatever hypercare does: ${policy.remediationsPerTargetHour} for one app and ${policy.remediationsPerHour} in all within an hour`,
      `a question waits ${sayDuration(policy.repairExpiryMs)}, that about a rollback ${sayDuration(policy.rollbackExpiryMs)}`,
    ],
    later: policy.later,
    hash: policy.hash,
  };
}

function sayEntry({ repair, target, when }: ListEntry): string {
  return `${repair} on ${target}${when === null ? '' : ` when ${when.text}`}`;
}
