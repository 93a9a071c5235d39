import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { drawMetrics } from '../../../bot/http/metric-text.js';
import { packageRoot } from '../../../src/io/package-root.js';
import { openIncident } from '../../../src/store/incidents.js';
import { tally } from '../../../src/store/tally.js';
import { launched, watchShop } from '../../src/commands/stage.js';
import { apiOfEachTest } from './stage.js';

const api = apiOfEachTest({}, async ({ stage }) => {
  await watchShop(stage);
  await launched(stage);
  await stage.store.write(async (tx) => {
    await openIncident(tx, { resourceId: stage.shop, launchId: null, kind: 'hang', severity: 'critical', emergency: false, title: 'hangs' }, stage.now);
    await tally(tx, stage.hostId);
  });
});

const SEEDS = [
  'drift_detections_total', 'drift_remediations_total', 'health_checks_total', 'health_check_failures_total', 'cost_anomalies_total', 'remediation_duration_seconds',
  'self_healing_issues_detected_total', 'self_healing_remediations_total', 'self_healing_remediation_success_rate', 'self_healing_remediation_duration_seconds', 'self_healing_health_score',
];

const text = async (): Promise<string> => (await api.ask('GET', '/metrics/prometheus', { who: null })).text;
const namesIn = (metrics: string): readonly string[] => [...metrics.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name);

describe('metrics', () => {
  it('have the names that neighbouring tools have, and else begin with hypercare_', async () => {
    const names = namesIn(await text());
    expect(SEEDS.filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name) => !SEEDS.includes(name) && !name.startsWith('hypercare_'))).toEqual([]);
  });

  it('tell what was counted, and no value where nothing is known', async () => {
    const lines = (await text()).split('\n');
    expect(lines.filter((line) => /^(?:health_checks_total|self_healing_|hypercare_monitor_up|hypercare_incidents_open)/.test(line) && !line.includes('_bucket'))).toEqual([
      'health_checks_total{resource="shop",verdict="good"} 1',
      'self_healing_issues_detected_total{kind="hang",resource="shop",severity="critical"} 1',
      'self_healing_remediation_duration_seconds_sum 0', 'self_healing_remediation_duration_seconds_count 0',
      'self_healing_health_score 60',
      'hypercare_monitor_up 1',
      'hypercare_incidents_open{severity="info"} 0', 'hypercare_incidents_open{severity="warning"} 0', 'hypercare_incidents_open{severity="critical"} 1',
    ]);
    // A rate of nothing is not 0.
    expect(lines.filter((line) => line.startsWith('self_healing_remediation_success_rate'))).toEqual([]);
  });

  it.each([
    ['text/plain', 'text/plain'], ['application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2', 'text/plain'], ['*/*', 'application/json'], ['application/json', 'application/json'],
  ])('are given to who accepts %s as %s', async (accept, type) => {
    expect((await api.ask('GET', '/metrics', { who: null, headers: { accept } })).headers.get('content-type')).toContain(type);
  });

  it('hold whatever is in a name', () => {
    expect(drawMetrics([{ name: 'm', type: 'gauge', help: 'two\nlines \\', values: [{ labels: { a: 'quote " back \\ line \n' }, value: Number.POSITIVE_INFINITY }] }])).toBe('# HELP m two\\nlines \\\\\n# TYPE m gauge\nm{a="quote \\" back \\\\ line \\n"} +Inf\n');
  });
});

describe('docs', () => {
  const read = (name: string): string => readFileSync(join(packageRoot(), name), 'utf8');
  const used = (queries: string): readonly string[] => [...new Set([...queries.matchAll(/\b((?:hypercare|self_healing)_\w+|(?:health_check|remediation|drift|cost)\w*_(?:total|seconds\w*))/g)].map(([, name = '']) => name.replace(/_(?:bucket|sum|count)$/, '')))];

  it('alert rules and dashboard ask for metrics that are there', async () => {
    const names = namesIn(await text());
    const rules = (parse(read('docs/prometheus-rules.yml')) as { readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[] }).groups.flatMap((group) => group.rules.map(({ expr }) => expr));
    const panels = (JSON.parse(read('docs/grafana-dashboard.json')) as { readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[] }).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect([rules.length > 5, panels.length > 10]).toEqual([true, true]);
    expect(used([...rules, ...panels].join('\n')).filter((name) => !names.includes(name))).toEqual([]);
  });
});

const promtool = spawnSync('promtool', ['--version']).status === 0;

describe.runIf(promtool)('promtool', () => {
  it('finds nothing to say of the metrics, nor of the rules', async () => {
    const metrics = spawnSync('promtool', ['check', 'metrics'], { input: await text(), encoding: 'utf8' });
    expect([metrics.status, `${metrics.stdout}${metrics.stderr}`]).toEqual([0, '']);
    expect(spawnSync('promtool', ['check', 'rules', join(packageRoot(), 'docs/prometheus-rules.yml')]).status).toBe(0);
  });
});
