import type { Context } from '../../src/commands/command.js';
import { healingNow } from '../../src/commands/healing.js';
import { botSilentSince, isWatched } from '../../src/domain/app-status.js';
import { VERDICTS } from '../../src/domain/check.js';
import { PARTS } from '../../src/domain/health-part.js';
import { shareOf } from '../../src/domain/healing-figures.js';
import type { Resource } from '../../src/domain/resource.js';
import { checkLabel } from '../../src/domain/series.js';
import { appStatuses } from '../../src/store/app-status.js';
import { countersOf, type Counter } from '../../src/store/counters.js';
import { healthOf } from '../../src/store/health.js';
import { activeHolds } from '../../src/store/holds.js';
import { openIncidents } from '../../src/store/incidents.js';
import { openQuestions } from '../../src/store/questions.js';
import { resourceStatuses } from '../../src/store/resource-status.js';
import { DETECT_SECONDS, RUN_SECONDS } from '../../src/store/tally.js';
import { watchOf } from '../../src/store/watch.js';
import type { Family, Value } from './metric-text.js';

type Where = Pick<Context, 'store' | 'hostId' | 'tiers' | 'settleMs' | 'now'>;
type Labels = Value['labels'];

const NOT_WATCHED = 'always 0, because this version does not watch it';
const one = (value: number, labels: Labels = {}): readonly Value[] => [{ labels, value }];
const known = (value: number | null, labels: Labels = {}): readonly Value[] => (value === null ? [] : one(value, labels));
const gauge = (name: string, help: string, values: readonly Value[]): Family => ({ name, type: 'gauge', help, values });
const counter = (name: string, help: string, values: readonly Value[]): Family => ({ name, type: 'counter', help, values });

/** Everything that is told to Prometheus. What is not known now has no value, rather than an old or invented one. */
export async function families(ctx: Where, release: string): Promise<readonly Family[]> {
  const counters = await countersOf(ctx.store.db, ctx.hostId);
  return [...seedFamilies(counters), ...(await healthFamilies(ctx)), ...(await ownFamilies(ctx, release)), ...(await appFamilies(ctx)), histogram('hypercare_detection_seconds', 'From the first bad reading to the incident', counters, { name: 'detection', buckets: DETECT_SECONDS })];
}

/** The names that neighbouring tools have. */
function seedFamilies(counters: readonly Counter[]): readonly Family[] {
  const readings = counters.filter(({ name }) => name === 'readings');
  const runs = counters.filter(({ name }) => name === 'runs');
  const run = { name: 'run', buckets: RUN_SECONDS };
  return [
    counter('drift_detections_total', `Drift that was found; ${NOT_WATCHED}`, one(0)),
    counter('drift_remediations_total', `Drift that was mended; ${NOT_WATCHED}`, one(0)),
    counter('cost_anomalies_total', `Cost anomalies that were found; ${NOT_WATCHED}`, one(0)),
    counter('health_checks_total', 'Readings that were taken, whatever they said', readings.map(toValue)),
    counter('health_check_failures_total', 'Readings that were bad; one that could not be made is none', readings.filter(({ labels }) => labels['verdict'] === 'bad').map(({ labels, n }) => ({ labels: { resource: labels['resource'] ?? '' }, value: n }))),
    histogram('remediation_duration_seconds', 'How long runs of repairs took, proof included', counters, run),
    counter('self_healing_issues_detected_total', 'Incidents that were opened', counters.filter(({ name, labels }) => name === 'incidents' && labels['kind'] !== 'manual').map(toValue)),
    counter('self_healing_remediations_total', 'Runs of repairs that ended', runs.map(toValue)),
    histogram('self_healing_remediation_duration_seconds', 'How long runs of repairs took, proof included', counters, run),
  ];
}

const toValue = ({ labels, n }: Counter): Value => ({ labels, value: n });

/** Buckets that hold nothing are told too, or rates over them would begin with a jump. */
function histogram(name: string, help: string, counters: readonly Counter[], of: { readonly name: string; readonly buckets: readonly number[] }): Family {
  const sum = (suffix: string, labels: Labels = {}): number => counters.find((counted) => counted.name === `${of.name}_seconds_${suffix}` && (labels['le'] === undefined || counted.labels['le'] === labels['le']))?.n ?? 0;
  const count = sum('count');
  const buckets = of.buckets.map((le) => ({ suffix: '_bucket', labels: { le: String(le) }, value: sum('bucket', { le: String(le) }) }));
  return { name, type: 'histogram', help, values: [...buckets, { suffix: '_bucket', labels: { le: '+Inf' }, value: count }, { suffix: '_sum', labels: {}, value: sum('sum') }, { suffix: '_count', labels: {}, value: count }] };
}

async function healthFamilies(ctx: Where): Promise<readonly Family[]> {
  const { host, apps } = await healthOf(ctx.store.db, ctx.hostId, { tiers: ctx.tiers, settleMs: ctx.settleMs, now: ctx.now() });
  const [day] = await healingNow(ctx);
  const share = day === undefined ? null : shareOf({ n: day.figures.runs.verified, of: day.figures.runs.total });
  return [
    gauge('self_healing_health_score', 'Health of the host, 0 to 100; no value where it is not known', known(host.score)),
    gauge('self_healing_remediation_success_rate', 'Share of the runs of the last 24 h that were proved to help, 0 to 1; no value where nothing ran', known(share)),
    gauge('hypercare_health_part_score', 'Health of one part of the host, 0 to 100; no value where it is not watched or not known', PARTS.flatMap((part) => known(host.parts[part].score, { part }))),
    gauge('hypercare_app_health_score', 'Health of one app with what it needs, 0 to 100', apps.flatMap(({ app, score }) => known(score.score, { app: app.name }))),
    gauge('hypercare_watched', '1 where this version watches it', Object.entries({ health: 1, drift: 0, cost: 0, compliance: 0 }).flatMap(([what, value]) => one(value, { what }))),
  ];
}

async function ownFamilies(ctx: Where, release: string): Promise<readonly Family[]> {
  const { db } = ctx.store;
  const now = ctx.now();
  const watch = await watchOf(db, ctx.hostId);
  const incidents = await openIncidents(db, ctx.hostId);
  const holds = await activeHolds(db, ctx.hostId, now);
  return [
    gauge('hypercare_info', 'Which version this is', one(1, { version: release })),
    gauge('hypercare_monitor_up', '1 while the monitor lives', one(isWatched(watch, now) ? 1 : 0)),
    gauge('hypercare_monitor_seen_timestamp_seconds', 'The last sign of life of the monitor; none after it was stopped', known(watch.monitorSeenAt === null ? null : watch.monitorSeenAt / 1_000)),
    gauge('hypercare_bot_up', '1 while the bot, which tells people, lives', one(botSilentSince(watch, now) === null ? 1 : 0)),
    gauge('hypercare_pm2_up', '1 while the daemon of PM2 answers', one(watch.pm2LostAt === null ? 1 : 0)),
    gauge('hypercare_incidents_open', 'Incidents that are open', ['info', 'warning', 'critical'].flatMap((severity) => one(incidents.filter((incident) => incident.severity === severity).length, { severity }))),
    gauge('hypercare_incidents_escalated', 'Open incidents at which the machine has stopped and people are called', one(incidents.filter(({ state }) => state === 'escalated').length)),
    gauge('hypercare_questions_open', 'Questions that wait for an answer', one((await openQuestions(db, ctx.hostId)).length)),
    gauge('hypercare_holds_active', 'What holds hands or calls now', ['freeze', 'silence', 'maintenance', 'flap', 'storm', 'failures'].flatMap((kind) => one(holds.filter((hold) => hold.kind === kind).length, { kind }))),
  ];
}

async function appFamilies(ctx: Where): Promise<readonly Family[]> {
  const apps = await appStatuses(ctx.store.db, ctx.hostId, { tiers: ctx.tiers, settleMs: ctx.settleMs, now: ctx.now() });
  const resources = await resourceStatuses(ctx.store.db, ctx.hostId, ctx.now());
  const verdicts = (resource: Resource, verdict: string): readonly Value[] => VERDICTS.flatMap((each) => one(each === verdict ? 1 : 0, { resource: resource.name, kind: resource.kind, verdict: each }));
  return [
    gauge('hypercare_verdict', '1 for what is said of it now, 0 for the others', [...apps.flatMap(({ app, verdict }) => verdicts(app, verdict)), ...resources.flatMap(({ resource, verdict }) => verdicts(resource, verdict))]),
    gauge('hypercare_reading_seconds', 'What the newest reading of a check took', apps.flatMap(({ app, checks }) => checks.flatMap(({ check, newest }) => known(newest?.ms == null ? null : newest.ms / 1_000, { app: app.name, check: checkLabel(check.name) })))),
    gauge('hypercare_healing_debt_points', 'Repairs of the last seven days that hide a cause, weighed', apps.flatMap(({ app, debt }) => one(debt.points, { app: app.name }))),
    gauge('hypercare_launch_open', '1 while what runs is in its watch', apps.flatMap(({ app, launch }) => one(launch?.state === 'watching' ? 1 : 0, { app: app.name }))),
    gauge('hypercare_launch_start_timestamp_seconds', 'When what runs went live', apps.flatMap(({ app, launch }) => known(launch === null ? null : launch.startedAt / 1_000, { app: app.name }))),
  ];
}
