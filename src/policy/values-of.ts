import type { PlanInQuestion, PolicyFacts } from './policy.js';
import { wallTime, WEEKDAYS } from '../domain/time-window.js';
import type { Values } from './variables.js';

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
