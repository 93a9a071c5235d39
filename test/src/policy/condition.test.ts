import { describe, expect, it } from 'vitest';
import { valuesOf } from '../../../src/policy/values-of.js';
import { facts, restart, rollback, when } from './policies.js';

const around = facts({ zone: 'Europe/Berlin', memoryShare: 0.87, sameBefore: 1 });

describe('a condition', () => {
  it.each([
    ['incident.kind == "hang" && incident.emergency', true],
    ['incident.age_s >= 60', true],
    ['incident.severity in ["warning", "info"]', false],
    ['plan.repair.startsWith("pm2.")', true],
    ['plan.risk != "destructive" && plan.restarts < 3', true],
    ['app.name == "shop" && app.memory > 0.8', true],
    ['launch.tier == 1 && launch.age_h < 2', true],
    ['hour == 9 && weekday == "fri"', true],
    ['same_before + came_back == 1', true],
    ['by_hand', false],
  ])('%s is %s', (text, holds) => {
    expect(when(text).holds(valuesOf(restart, around))).toBe(holds);
  });

  it.each([
    ['what is not known', 'plan.migrations == 0'],
    ['what is not known, the other way round', 'plan.migrations != 0'],
    ['a division by nothing', '1 / came_back > 0'],
  ])('over %s cannot be told', (_, text) => {
    expect(when(text).holds(valuesOf(restart, around))).toBeNull();
  });

  it('without an incident or a launch cannot be told where it asks for them', () => {
    const nothing = valuesOf(restart, facts({ incident: null, launch: null, zone: 'no/zone' }));
    for (const text of ['incident.emergency', 'launch.tier > 0', 'hour > 0', 'weekday == "mon"']) expect(when(text).holds(nothing)).toBeNull();
    expect(when('!by_hand').holds(nothing)).toBe(true);
  });

  it('may ask first whether something is known', () => {
    expect(when('has(plan.migrations) && plan.migrations == 0').holds(valuesOf(restart, around))).toBe(false);
    expect(when('has(plan.migrations) && plan.migrations == 0').holds(valuesOf(rollback, around))).toBe(true);
  });
});
