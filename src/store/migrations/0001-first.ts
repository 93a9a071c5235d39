import type { Migration } from 'kysely';
import type { Engine } from '../engine.js';
import { createIndex, createTable, type Table } from './table.js';

/** Every table of the spine; what the columns mean stands in schema.ts. */
export function first(engine: Engine): Migration {
  return {
    async up(db) {
      for (const table of TABLES) await createTable(db, engine, table);
      for (const [on, columns] of INDEXES) await createIndex(db, on, columns);
    },
  };
}

const TABLES: readonly Table[] = [
  { name: 'hosts', columns: { id: 'key', name: 'tu', fence: 'i', rev: 'i', monitor_seen_at: 'i?', bot_seen_at: 'i?', pm2_lost_at: 'i?' } },
  { name: 'resources', columns: { id: 'key', host_id: 't', kind: 't', name: 't', config: 't', retired: 'i', sighting: 't?' }, unique: ['host_id', 'kind', 'name'] },
  { name: 'edges', columns: { resource_id: 't', uses_id: 't' }, primary: ['resource_id', 'uses_id'] },
  { name: 'releases', columns: {
    id: 'key', app_id: 't', commit: 't?', dir: 't', lock_hash: 't?', config_hash: 't?', node_version: 't?',
    first_seen_at: 'i', verdict: 't', verdict_at: 'i', verdict_reason: 't?', quarantined_at: 'i?',
  } },
  { name: 'launches', columns: {
    id: 'key', app_id: 't', release_id: 't', state: 't', started_at: 'i', ends_at: 'i', ended_at: 'i?', ticks_made: 'i',
    next_tick_at: 'i?', hot_until: 'i', next_at: 'i?', auto_rollback: 'i', why: 't', six_hours_told: 'i', open_app: 't?u',
  } },
  // Checks alone have a number the database gives: samples carry it by the million.
  { name: 'checks', columns: {
    id: 'count', resource_id: 't', name: 't', probe: 't', options: 't', cadence: 't',
    every_ms: 'i', critical: 'i', next_at: 'i', hot_until: 'i', trusted: 'i', retired: 'i', detected_at: 'i',
  }, unique: ['resource_id', 'name'] },
  { name: 'samples', columns: { check_id: 'i', at: 'i', verdict: 't', ms: 'r?', v: 't', note: 't?' }, primary: ['check_id', 'at'], clustered: true },
  { name: 'rollups', columns: {
    check_id: 'i', span_ms: 'i', at: 'i', n: 'i', good: 'i', bad: 'i', unknown: 'i', error: 'i', ms_min: 'r?', ms_max: 'r?', ms_sum: 'r',
  }, primary: ['check_id', 'span_ms', 'at'], clustered: true },
  { name: 'baselines', columns: { check_id: 'i', release_id: 't', n: 'i', body: 't' }, primary: ['check_id', 'release_id'] },
  { name: 'signals', columns: { id: 'key', host_id: 't', resource_id: 't?', kind: 't', key: 't?u', body: 't', at: 'i', taken_at: 'i?' } },
  { name: 'incidents', columns: {
    id: 'key', resource_id: 't', launch_id: 't?', kind: 't', severity: 't', emergency: 'i', state: 't', title: 't',
    opened_at: 'i', closed_at: 'i?', reason: 't?', rung: 'i', failed: 'i', next_at: 'i', open_resource: 't?u',
  } },
  { name: 'findings', columns: {
    id: 'key', incident_id: 't', resource_id: 't', detector: 't', fingerprint: 't', kind: 't', severity: 't', emergency: 'i',
    title: 't', evidence: 't', first_at: 'i', last_at: 'i', closed_at: 'i?', open_key: 't?u',
  } },
  { name: 'plans', columns: {
    id: 'key', incident_id: 't', target_id: 't', repair: 't', args: 't', risk: 't', state: 't', body: 't?', witness: 't?',
    hash: 't?', verdict: 't?', rule: 't?', why: 't?', asked_by: 't?', request_id: 't?', made_at: 'i',
  } },
  { name: 'questions', columns: {
    id: 'key', plan_id: 't', hash: 't', need: 'i', state: 't', asked_at: 'i', expires_at: 'i', warned_at: 'i?',
    decided_at: 'i?', decided_by: 't?', open_app: 't?u',
  } },
  { name: 'answers', columns: { question_id: 't', person_id: 't', yes: 'i', via: 't', nonce: 'tu', at: 'i', outcome: 't?' }, primary: ['question_id', 'person_id'] },
  { name: 'requests', columns: {
    id: 'key', host_id: 't', resource_id: 't?', verb: 't', args: 't', person_id: 't', via: 't', key: 'tu', at: 'i',
    taken_at: 'i?', ended_at: 'i?', result: 't?',
  } },
  { name: 'remediations', columns: {
    id: 'key', plan_id: 'tu', resource_id: 't', fingerprint: 't', state: 't', fence: 'i', started_at: 'i', settle_until: 'i?',
    deadline_at: 'i?', ended_at: 'i?', outcome: 't?', open_lane: 't?u',
  } },
  { name: 'steps', columns: {
    remediation_id: 't', dir: 't', n: 'i', name: 't', state: 't', fence: 'i', intended_at: 'i', deadline_at: 'i',
    ended_at: 'i?', receipt: 't?', error: 't?',
  }, primary: ['remediation_id', 'dir', 'n'] },
  { name: 'evidence', columns: { id: 'key', remediation_id: 't', kind: 't', at: 'i', body: 't' } },
  { name: 'acts', columns: { id: 'key', resource_id: 't', at: 'i', by: 't', kind: 't', fingerprint: 't?', dedupe: 'tu', note: 't?' } },
  { name: 'holds', columns: { id: 'key', kind: 't', scope: 't', author: 't', reason: 't', from_at: 'i', until_at: 'i?' } },
  { name: 'events', columns: { id: 'key', host_id: 't', incident_id: 't?', launch_id: 't?', n: 'i', kind: 't', body: 't', at: 'i' } },
  { name: 'deliveries', columns: { event_id: 't', channel: 't', state: 't', attempts: 'i', next_at: 'i', error: 't?' }, primary: ['event_id', 'channel'] },
  { name: 'cards', columns: { subject: 't', channel: 't', ref: 't', version: 'i' }, primary: ['subject', 'channel'] },
  { name: 'people', columns: { id: 'key', name: 'tu', role: 't', retired: 'i' } },
  { name: 'accounts', columns: { platform: 't', user_id: 't', person_id: 't' }, primary: ['platform', 'user_id'] },
  { name: 'audits', columns: { host_id: 't', seq: 'i', at: 'i', who: 't', what: 't', why: 't', body: 't', prev: 't', hash: 't' }, primary: ['host_id', 'seq'] },
];

const INDEXES: readonly (readonly [table: string, columns: readonly string[]])[] = [
  ['checks', ['next_at']], ['releases', ['app_id', 'first_seen_at']], ['launches', ['app_id', 'started_at']],
  ['signals', ['host_id', 'taken_at', 'at']], ['incidents', ['resource_id', 'opened_at']], ['incidents', ['launch_id']],
  ['findings', ['incident_id']], ['findings', ['resource_id', 'closed_at']], ['plans', ['incident_id']], ['plans', ['state']],
  ['questions', ['plan_id']], ['answers', ['outcome']], ['requests', ['host_id', 'ended_at']], ['remediations', ['state']],
  ['remediations', ['resource_id', 'started_at']], ['acts', ['resource_id', 'at']], ['events', ['incident_id', 'n']],
  ['events', ['host_id', 'at']], ['events', ['at']], ['deliveries', ['channel', 'state', 'next_at']], ['evidence', ['remediation_id']],
];
