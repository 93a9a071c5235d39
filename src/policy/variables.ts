import type { PlanInQuestion, PolicyFacts } from './policy.js';
import { wallTime, WEEKDAYS } from './time-window.js';

/** What conditions may look at, with CEL's name of each type. */
export const VARIABLES = {
  incident: { kind: 'string', severity: 'string', emergency: 'bool', age_s: 'int' },
  plan: { repair: 'string', risk: 'string', restarts: 'int', migrations: 'int' },
  app: { name: 'string', memory: 'double' },
  launch: { tier: 'int', age_h: 'double' },
  hour: 'int',
  weekday: 'string',
  same_before: 'int',
  came_back: 'int',
  by_hand: 'bool',
} as const;

/** Null: not known. */
export type Values = Readonly<Record<keyof typeof VARIABLES, unknown>>;

/** What the variables stand for around one plan. Tiers count from 1, and `app.memory` is a share of its limit. */
export function valuesOf(plan: PlanInQuestion, facts: PolicyFacts): Values {
  const { incident, launch } = facts;
  const time = wallTime(facts.now, facts.zone);
  return {
    incident: incident && { kind: incident.kind, severity: incident.severity, emergency: incident.emergency, age_s: incident.ageMs / 1_000 },
    plan: { repair: plan.repair, risk: plan.risk, restarts: plan.restarts, migrations: plan.migrations },
    app: { name: plan.targetName, memory: facts.memoryShare },
    launch: launch && { tier: launch.tier, age_h: launch.ageMs / 3_600_000 },
    hour: time && Math.floor(time.minutes / 60),
    weekday: time && (WEEKDAYS[time.weekday] ?? null),
    same_before: facts.sameBefore,
    came_back: facts.cameBack,
    by_hand: facts.askedBy !== null,
  };
}
