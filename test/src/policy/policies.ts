import type { PlanInQuestion, Policy, PolicyFacts, PolicyRule, Rung } from '../../../src/policy/policy.js';
import { defaultRule } from '../../../src/policy/rule-for.js';
import { readCondition, type Condition } from '../../../src/policy/condition.js';

/** 2027-01-15T08:00Z, a Friday. */
export const NOW = 1_800_000_000_000;

export const restart: PlanInQuestion = { repair: 'pm2.restart', risk: 'disruptive', targetName: 'shop', restarts: 2, rollsBack: false, migrations: null };
export const rollback: PlanInQuestion = { ...restart, repair: 'release.rollback', restarts: 0, rollsBack: true, migrations: 0 };

export const letIn: PlanInQuestion = { ...restart, repair: 'ratelimit.clear', restarts: 0, letsIn: true };

export function rule(rung: Rung, more: Partial<PolicyRule> = {}): PolicyRule {
  return { ...defaultRule({ default: rung }), name: 'shop', target: 'shop', ...more };
}

export function policy(rung: Rung, more: Partial<Policy> = {}): Policy {
  return {
    dryRun: false, default: 'observe', rules: [rule(rung)], allow: null, deny: [], restartsPer30m: 3, restartsPer24h: 6, rollbacksPer24h: 1, remediationsPerTargetHour: 10,
    remediationsPerHour: 100, repairExpiryMs: 900_000, rollbackExpiryMs: 1_800_000, later: [], hash: 'aaaa', ...more,
  };
}

export const NONE: PolicyFacts['counts'] = { restarts30m: 0, restarts24h: 0, rollbacks24h: 0, remediationsTargetHour: 0, remediationsHour: 0 };

export function facts(more: Partial<PolicyFacts> = {}): PolicyFacts {
  return {
    now: NOW, zone: 'UTC', counts: NONE, attempts: { count: 0, lastAt: null }, spread: { others: 0, watched: 10 }, askedBy: null, eligible: { operator: 3, approver: 2 },
    holds: [], mayRollBackAlone: true, sameBefore: 0, cameBack: 0, incident: { kind: 'hang', severity: 'critical', emergency: true, ageMs: 60_000 }, launch: { tier: 1, ageMs: 3_600_000 },
    memoryShare: null, ...more,
  };
}

export function when(text: string): Condition {
  const read = readCondition(text);
  if (!read.ok) throw new Error(read.problem);
  return read.condition;
}
