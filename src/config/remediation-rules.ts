import { sayDuration } from '../domain/duration.js';
import { readCondition, type Condition } from '../policy/condition.js';
import type { LaterRule, PolicyRule, Rung } from '../policy/policy.js';
import type { Json } from '../domain/json.js';
import { defaultRule } from '../policy/rule-for.js';
import type { Remediation } from './remediation-schema.js';

/** The kind of incident that is a resource running out. */
const EXHAUSTION = 'memory';

type Health = NonNullable<Remediation['health']>;

/** What this version can act on, as rules; they stand behind the operator's own. */
export function remediationRules({ health }: Remediation): readonly PolicyRule[] {
  if (!health) return [];
  return [...exhaustionRules(health), ...unhealthyRules(health)];
}

/** Below its threshold a resource is left alone; from there on it is a service like others, or what `restart` says. */
function exhaustionRules({ resource_exhaustion: one }: Health): readonly PolicyRule[] {
  if (!one) return [];
  const name = 'health_remediation.resource_exhaustion';
  const below = rule(name, 'suggest', `incident.kind == "${EXHAUSTION}" && app.memory < ${one.threshold.toFixed(4)}`);
  if (one.action === 'scale_up') return [below];
  return [below, { ...rule(`${name}.${one.action}`, one.action === 'restart' ? 'act-and-tell' : 'observe', `incident.kind == "${EXHAUSTION}"`) }];
}

function unhealthyRules({ unhealthy_service: one }: Health): readonly PolicyRule[] {
  if (!one) return [];
  return [{ ...rule('health_remediation.unhealthy_service', one.action === 'restart' ? 'act-and-tell' : 'observe', null), maxAttempts: one.max_attempts ?? null, backoff: one.backoff ?? null }];
}

function rule(name: string, rung: Rung, when: string | null): PolicyRule {
  return { ...defaultRule({ default: rung }), name, repair: 'pm2.*', when: when === null ? null : condition(when) };
}

/** Ours, so it is right; a mistake here shows in the first test. */
function condition(text: string): Condition {
  const read = readCondition(text);
  if (!read.ok) throw new Error(`${text}: ${read.problem}`);
  return read.condition;
}

/** What is valid and belongs to later capabilities: it is shown, and never dropped in silence. */
export function laterRules({ drift, health, cost }: Remediation): readonly LaterRule[] {
  const enabled = drift?.enabled === false ? ' (switched off)' : '';
  const scaling = health?.resource_exhaustion;
  const idle = cost?.idle_resources;
  const oversized = cost?.oversized_resources;
  return [
    ...(drift?.auto_fix ?? []).map((one, index) => later(
      `drift_remediation.auto_fix[${index}]`, `${one.action} drift of ${one.severity} severity ${how(one.approval)}${one.max_resources === undefined ? '' : `, at most ${one.max_resources} resources at once`}${enabled}`, one)),
    ...(scaling?.action === 'scale_up' ? [later('health_remediation.resource_exhaustion', `scale up from ${Math.round(scaling.threshold * 100)} % on${scaling.max_scale === undefined ? '' : `, to ${scaling.max_scale} times at most`}`, scaling)] : []),
    ...(idle ? [later('cost_optimization.idle_resources', `${idle.action} what was idle for ${sayDuration(idle.detection_period)} ${how(idle.approval)}`, idle)] : []),
    ...(oversized ? [later('cost_optimization.oversized_resources', `${oversized.action.replaceAll('_', ' ')} where ${oversized.detection} ${how(oversized.approval)}`, oversized)] : []),
  ];
}

function how(approval: 'auto' | 'manual'): string {
  return approval === 'auto' ? 'by itself' : 'after a yes';
}

function later(name: string, says: string, read: object): LaterRule {
  return { name, says, read: JSON.parse(JSON.stringify(read)) as Json };
}
