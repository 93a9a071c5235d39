import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/json.js';
import type { ListEntry, Policy, PolicyRule } from '../policy/policy.js';
import type { PolicyFile, RuleFile } from './policy-schema.js';
import { laterRules, remediationRules } from './remediation-rules.js';

const HASH_CHARS = 16;

/** The policy as written → as used. `mostPerHour` is what the environment says of everything done in an hour. */
export function toPolicy(policy: PolicyFile, mostPerHour: number | null): Policy {
  const remediation = { drift: policy.drift_remediation, health: policy.health_remediation, cost: policy.cost_optimization };
  const read: Omit<Policy, 'hash'> = {
    dryRun: policy.dry_run,
    default: policy.default,
    rules: [...policy.rules.map(toRule), ...remediationRules(remediation)],
    allow: policy.allow?.map(toEntry) ?? null,
    deny: policy.deny.map(toEntry),
    restartsPer30m: policy.restarts.per_30m,
    restartsPer24h: policy.restarts.per_24h,
    rollbacksPer24h: policy.rollbacks_per_24h,
    ...(policy.soak === undefined ? {} : { soakMs: policy.soak }),
    remediationsPerTargetHour: policy.remediations.per_target_1h,
    remediationsPerHour: Math.min(policy.remediations.per_1h, mostPerHour ?? Infinity),
    repairExpiryMs: policy.expiry.repair,
    rollbackExpiryMs: policy.expiry.rollback,
    later: laterRules(remediation),
  };
  // Conditions are their texts: what they compile to is no part of what the operator wrote.
  const hash = createHash('sha256').update(canonicalJson(JSON.parse(JSON.stringify(read)))).digest('hex').slice(0, HASH_CHARS);
  return { ...read, hash };
}

function toRule(rule: RuleFile): PolicyRule {
  return {
    name: rule.name ?? `${rule.rung} ${rule.repair} on ${rule.target}`,
    repair: rule.repair,
    target: rule.target,
    rung: rule.rung,
    approvers: rule.approvers,
    role: rule.role,
    requesterMayApprove: rule.requester_may_approve,
    windows: rule.windows ?? [],
    when: rule.when ?? null,
    maxTargets: rule.max_targets ?? null,
    maxAttempts: rule.max_attempts ?? null,
    backoff: rule.backoff ?? null,
    dryRun: rule.dry_run,
  };
}

function toEntry(entry: PolicyFile['deny'][number]): ListEntry {
  return { repair: entry.repair, target: entry.target, when: entry.when ?? null };
}
