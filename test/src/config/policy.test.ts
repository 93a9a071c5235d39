import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/policy/decide.js';
import { loadConfig } from '../../../src/config/load.js';
import { mistakeLine } from '../../../src/config/mistake.js';
import { facts, restart, rollback } from '../policy/policies.js';
import { configFor, directory, linesFor, loadText, units } from './written.js';

/** Remediation policies as they stand in the first description of such a service, word for word. */
const REMEDIATION = `
drift_remediation:
  enabled: true
  auto_fix:
    - severity: low
      action: fix
      approval: auto
    - severity: medium
      action: fix
      approval: auto
      max_resources: 5
    - severity: high
      action: notify
      approval: manual
health_remediation:
  unhealthy_service:
    action: restart
    max_attempts: 3
    backoff: exponential
  resource_exhaustion:
    action: scale_up
    threshold: 80%
    max_scale: 2x
cost_optimization:
  idle_resources:
    detection_period: 7d
    action: stop
    approval: auto
  oversized_resources:
    detection: usage < 30%
    action: recommend_downsize
    approval: manual
`;
const UNDER_POLICY = `policy:${REMEDIATION.replaceAll('\n', '\n  ')}`;

describe('remediation policies as many have them', () => {
  const { policy } = configFor(UNDER_POLICY);
  const memory = { kind: 'memory', severity: 'critical', emergency: true, ageMs: 60_000 } as const;

  it('become rules where this version can act on them', () => {
    expect(policy.rules.map(({ name, repair, rung, maxAttempts, backoff, when }) => ({ name, repair, rung, maxAttempts, backoff, when: when?.text ?? null }))).toEqual([
      { name: 'health_remediation.resource_exhaustion', repair: 'pm2.*', rung: 'suggest', maxAttempts: null, backoff: null, when: 'incident.kind == "memory" && app.memory < 0.8000' },
      { name: 'health_remediation.unhealthy_service', repair: 'pm2.*', rung: 'act-and-tell', maxAttempts: 3, backoff: 'exponential', when: null },
    ]);
  });

  it.each([
    ['an unhealthy service is restarted', facts(), 'auto', 'health_remediation.unhealthy_service'],
    ['three times', facts({ attempts: { count: 3, lastAt: 0 } }), 'deny', 'budget:attempts'],
    ['with a wait between', facts({ attempts: { count: 1, lastAt: facts().now - 29_000 } }), 'deny', 'backoff'],
    ['memory below the threshold is left alone', facts({ incident: memory, memoryShare: 0.79 }), 'deny', 'health_remediation.resource_exhaustion'],
    ['memory from the threshold on is not', facts({ incident: memory, memoryShare: 0.8 }), 'auto', 'health_remediation.unhealthy_service'],
    ['memory nobody has measured is left alone', facts({ incident: memory, memoryShare: null }), 'deny', 'health_remediation.resource_exhaustion'],
  ] as const)('take effect: %s', (_, around, verdict, rule) => {
    expect(decide(restart, policy, around)).toMatchObject({ verdict, rule });
  });

  it('allow nothing else', () => {
    expect(decide(rollback, policy, facts())).toMatchObject({ verdict: 'deny', rule: 'default' });
  });

  it('are kept where no repair of this version uses them yet', () => {
    expect(policy.later.map(({ name, says }) => `${name}: ${says}`)).toEqual([
      'drift_remediation.auto_fix[0]: fix drift of low severity by itself',
      'drift_remediation.auto_fix[1]: fix drift of medium severity by itself, at most 5 resources at once',
      'drift_remediation.auto_fix[2]: notify drift of high severity after a yes',
      'health_remediation.resource_exhaustion: scale up from 80 % on, to 2 times at most',
      'cost_optimization.idle_resources: stop what was idle for 7 d by itself',
      'cost_optimization.oversized_resources: recommend downsize where usage < 30% after a yes',
    ]);
    expect(policy.later[1]?.read).toEqual({ severity: 'medium', action: 'fix', approval: 'auto', max_resources: 5 });
  });

  it('stand behind the operator’s own rules', () => {
    const own = configFor(`${UNDER_POLICY}\n  rules: [{ name: mine, repair: pm2.*, rung: ask }]`);
    expect(decide(restart, own.policy, facts())).toMatchObject({ verdict: 'ask', rule: 'mine' });
  });

  it.each([
    ['a threshold without %', 'policy: { health_remediation: { resource_exhaustion: { action: scale_up, threshold: 80 } } }', '1:85: policy.health_remediation.resource_exhaustion.threshold: must be a share like 80%'],
    ['a scale without x', 'policy: { health_remediation: { resource_exhaustion: { action: scale_up, max_scale: 2 } } }', '1:85: policy.health_remediation.resource_exhaustion.max_scale: must be a factor like 2x'],
    ['an approval that is none', 'policy: { drift_remediation: { auto_fix: [{ severity: low, action: fix, approval: always }] } }', '1:83: policy.drift_remediation.auto_fix[0].approval: must be one of auto, manual'],
    ['a detection that is none', 'policy: { cost_optimization: { oversized_resources: { detection: usage below 30, action: notify, approval: auto } } }', '1:72: policy.cost_optimization.oversized_resources.detection: must be a condition like usage < 30%, or CEL; as CEL it is no condition: Unexpected character: \'w\''],
  ])('are refused with their place: %s', (_, yaml, line) => {
    expect(linesFor(yaml)).toEqual([`hypercare.yaml:${line}`]);
  });
});

describe('a policy with five mistakes', () => {
  it('is told of all of them at once, each with its line and column', () => {
    const lines = linesFor(`apps: { shop: {} }
policy:
  rules:
    - name: by day
      repair: pm2.*
      rung: act
      windows: { days: mon-fir, from: "09:00", to: 18:00, zone: Europe/Berln }
    - repair: release.rollback
      rung: ask
      when: plan.migratons > 0 && hours < 8
      max_targets: 20
  deny:
    - { repair: pm2.restart, target: shp }
`);
    expect(lines).toMatchInlineSnapshot(`
      [
        "hypercare.yaml:6:13: policy.rules[0].rung: must be one of observe, suggest, ask, act-and-tell; did you mean "act-and-tell"?",
        "hypercare.yaml:7:24: policy.rules[0].windows.days: must be days like mon-fri, or [sat, sun]; did you mean "fri"? (known: sun, mon, tue, wed, thu, fri, sat)",
        "hypercare.yaml:7:65: policy.rules[0].windows.zone: is no time zone that is known here: write an IANA name like Europe/Berlin, or UTC",
        "hypercare.yaml:10:18: policy.rules[1].when: there is no “migratons” here; did you mean “migrations”? (known: incident.kind, incident.severity, incident.emergency, incident.age_s, plan.repair, plan.risk, plan.restarts, plan.migrations, app.name, app.memory, launch.tier, launch.age_h)",
        "hypercare.yaml:13:38: policy.deny[0].target: fits no app and no dependency; did you mean "shop"? (known: shop, host)",
      ]
    `);
  });

  it.each([
    ['a condition that is no condition', 'hour + 1', '1:27: policy.rules[0].when: must be true or false, and this is int'],
    ['a comparison of two kinds', 'hour > "9"', '1:27: policy.rules[0].when: is no condition: no such overload: int > string'],
    ['an unknown variable', 'hours > 9', '1:27: policy.rules[0].when: there is no variable “hours”; did you mean “hour”? (known: incident, plan, app, launch, hour, weekday, same_before, came_back, by_hand)'],
    ['half of a condition', 'hour >', '1:34: policy.rules[0].when: is no condition: Unexpected token: EOF'],
    ['a pattern that may never end', 'app.name.matches("(a+)+$")', '1:27: policy.rules[0].when: matches() is not there: use ==, in, startsWith(), endsWith() or contains()'],
    ['what would run as a program', 'process.exit(1)', '1:27: policy.rules[0].when: there is no variable “process” (known: incident, plan, app, launch, hour, weekday, same_before, came_back, by_hand)'],
  ])('with its place in the line: %s', (_, when, line) => {
    expect(linesFor(`policy: { rules: [{ when: '${when}', rung: ask }] }`)).toEqual([`hypercare.yaml:${line}`]);
  });
});

describe('everything hypercare does in an hour', () => {
  it.each([
    ['is what the policy says', {}, 100],
    ['is what the environment says where that is less', { MAX_ACTIONS_PER_HOUR: '5' }, 5],
    ['is never more than the policy says', { MAX_ACTIONS_PER_HOUR: '500' }, 100],
  ])('%s', (_, env, most) => {
    expect(configFor('apps: {}', { env }).policy.remediationsPerHour).toBe(most);
  });

  it('is a whole number', () => {
    expect(linesFor('apps: {}', { env: { MAX_ACTIONS_PER_HOUR: 'few' } })[0]).toContain('MAX_ACTIONS_PER_HOUR must be a whole number like 20');
  });
});

describe('the hash of a policy', () => {
  it('is equal for equal rules, however they are written, and another for others', () => {
    const hashOf = (yaml: string): string => configFor(yaml).policy.hash;
    expect(hashOf('policy: { rules: [{ rung: ask, when: hour > 9 }] }')).toBe(hashOf('policy:\n  rules:\n    - when: hour > 9\n      rung: ask # at night'));
    expect(hashOf('policy: { rules: [{ rung: ask, when: hour > 9 }] }')).not.toBe(hashOf('policy: { rules: [{ rung: ask, when: hour > 8 }] }'));
  });
});

describe('a file with nothing but a policy', () => {
  const load = (policy: string) => {
    const dir = directory();
    const [file, beneath] = [join(dir, 'new.yaml'), join(dir, 'hypercare.yaml')];
    writeFileSync(beneath, 'apps: { shop: {} }\npolicy: { default: ask }\npeople: [{ name: Ann, role: approver }]');
    writeFileSync(file, policy);
    return loadConfig({ file, beneath, env: {}, envFile: join(dir, '.env'), home: dir, units });
  };

  it('takes the rest from the configuration in use', () => {
    const loaded = load('policy: { rules: [{ target: shop, rung: ask }] }');
    expect(loaded.ok && loaded.config).toMatchObject({ apps: [{ name: 'shop' }], people: [{ name: 'Ann' }], policy: { default: 'observe', rules: [{ target: 'shop' }] } });
  });

  it('is checked against it, with its own lines', () => {
    const loaded = load('policy:\n  rules: [{ target: shp, rung: ask }]');
    expect(loaded.ok ? [] : loaded.mistakes.map((mistake) => mistakeLine(mistake).replace(/.*new/, 'new'))).toEqual(['new.yaml:2:21: policy.rules[0].target: fits no app and no dependency; did you mean "shop"? (known: shop, host)']);
  });
});

describe('a rule that asks operators', () => {
  it.each([
    ['is content with one', '[{ name: Otto, role: operator }]', []],
    ['is warned of where there is none', '[{ name: Vera, role: viewer, terminal: vera }]', ['asks, and nobody in `people` is an operator']],
  ])('%s', (_, people, warnings) => {
    const loaded = loadText(`apps: { shop: {} }\npolicy: { rules: [{ rung: ask, role: operator }] }\npeople: ${people}`);
    expect(loaded.warnings.map(({ message }) => message)).toEqual(warnings);
  });
});
