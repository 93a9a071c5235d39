import { sql, type CreateTableBuilder, type Kysely, type Migration } from 'kysely';
import type { Engine } from '../engine.js';

/** Every table of the spine. Milliseconds are 64-bit integers, flags 0 or 1, JSON is text. */
export function first(engine: Engine): Migration {
  const int = engine === 'sqlite' ? sql`integer` : sql`bigint`;
  const real = engine === 'sqlite' ? sql`real` : sql`double precision`;
  const text = sql`text`;

  /** Columns by a short notation: 'name text', '?' after the type for nullable, 'u' for unique. */
  type Columns = Record<string, 't' | 't?' | 't?u' | 'tu' | 'i' | 'i?' | 'r' | 'r?' | 'key'>;

  async function table(db: Kysely<unknown>, name: string, columns: Columns, options: { pk?: string[]; unique?: string[][]; clustered?: boolean } = {}) {
    let builder = db.schema.createTable(name) as CreateTableBuilder<string, string>;
    for (const [column, kind] of Object.entries(columns)) {
      const type = kind[0] === 't' || kind === 'key' ? text : kind[0] === 'i' ? int : real;
      builder = builder.addColumn(column, type, (c) => {
        const nullable = kind.includes('?') ? c : c.notNull();
        if (kind === 'key') return nullable.primaryKey();
        return kind.endsWith('u') ? nullable.unique() : nullable;
      });
    }
    if (options.pk) builder = builder.addPrimaryKeyConstraint(`${name}_pk`, options.pk);
    for (const [n, unique] of (options.unique ?? []).entries()) {
      builder = builder.addUniqueConstraint(`${name}_u${n}`, unique);
    }
    if (engine === 'sqlite') builder = builder.modifyEnd(options.clustered ? sql`without rowid, strict` : sql`strict`);
    await builder.execute();
  }

  async function up(db: Kysely<unknown>): Promise<void> {
    await table(db, 'hosts', { id: 'key', name: 'tu', fence: 'i', rev: 'i', monitor_seen_at: 'i?', bot_seen_at: 'i?', pm2_lost_at: 'i?' });
    await table(db, 'resources', { id: 'key', host_id: 't', kind: 't', name: 't', config: 't', retired: 'i', sighting: 't?' }, { unique: [['host_id', 'kind', 'name']] });
    await table(db, 'edges', { resource_id: 't', uses_id: 't' }, { pk: ['resource_id', 'uses_id'] });
    await table(db, 'releases', {
      id: 'key', app_id: 't', commit: 't?', dir: 't', lock_hash: 't?', config_hash: 't?', node_version: 't?',
      first_seen_at: 'i', verdict: 't', verdict_at: 'i', verdict_reason: 't?', quarantined_at: 'i?',
    });
    await table(db, 'launches', {
      id: 'key', app_id: 't', release_id: 't', state: 't', started_at: 'i', ends_at: 'i', ended_at: 'i?', ticks_made: 'i',
      next_tick_at: 'i?', hot_until: 'i', next_at: 'i?', auto_rollback: 'i', why: 't', six_hours_told: 'i', open_app: 't?u',
    });
    await checksTable(db);
    await table(db, 'samples', { check_id: 'i', at: 'i', verdict: 't', ms: 'r?', v: 't', note: 't?' }, { pk: ['check_id', 'at'], clustered: true });
    await table(db, 'rollups', {
      check_id: 'i', span_ms: 'i', at: 'i', n: 'i', good: 'i', bad: 'i', unknown: 'i', error: 'i', ms_min: 'r?', ms_max: 'r?', ms_sum: 'r',
    }, { pk: ['check_id', 'span_ms', 'at'], clustered: true });
    await table(db, 'baselines', { check_id: 'i', release_id: 't', n: 'i', body: 't' }, { pk: ['check_id', 'release_id'] });
    await table(db, 'signals', { id: 'key', host_id: 't', resource_id: 't?', kind: 't', key: 't?u', body: 't', at: 'i', taken_at: 'i?' });
    await table(db, 'incidents', {
      id: 'key', resource_id: 't', launch_id: 't?', kind: 't', severity: 't', emergency: 'i', state: 't', title: 't',
      opened_at: 'i', closed_at: 'i?', reason: 't?', rung: 'i', failed: 'i', next_at: 'i', open_resource: 't?u',
    });
    await table(db, 'findings', {
      id: 'key', incident_id: 't', resource_id: 't', detector: 't', fingerprint: 't', kind: 't', severity: 't', emergency: 'i',
      title: 't', evidence: 't', first_at: 'i', last_at: 'i', closed_at: 'i?', open_key: 't?u',
    });
    await table(db, 'plans', {
      id: 'key', incident_id: 't', target_id: 't', repair: 't', args: 't', risk: 't', state: 't', body: 't?', witness: 't?',
      hash: 't?', verdict: 't?', rule: 't?', why: 't?', asked_by: 't?', request_id: 't?', made_at: 'i',
    });
    await table(db, 'questions', {
      id: 'key', plan_id: 't', hash: 't', need: 'i', state: 't', asked_at: 'i', expires_at: 'i', warned_at: 'i?',
      decided_at: 'i?', decided_by: 't?', open_app: 't?u',
    });
    await table(db, 'answers', { question_id: 't', person_id: 't', yes: 'i', via: 't', nonce: 'tu', at: 'i', outcome: 't?' }, { pk: ['question_id', 'person_id'] });
    await table(db, 'requests', {
      id: 'key', host_id: 't', resource_id: 't?', verb: 't', args: 't', person_id: 't', via: 't', key: 'tu', at: 'i',
      taken_at: 'i?', ended_at: 'i?', result: 't?',
    });
    await table(db, 'remediations', {
      id: 'key', plan_id: 'tu', resource_id: 't', fingerprint: 't', state: 't', fence: 'i', started_at: 'i', settle_until: 'i?',
      deadline_at: 'i?', ended_at: 'i?', outcome: 't?', open_lane: 't?u',
    });
    await table(db, 'steps', {
      remediation_id: 't', dir: 't', n: 'i', name: 't', state: 't', fence: 'i', intended_at: 'i', deadline_at: 'i',
      ended_at: 'i?', receipt: 't?', error: 't?',
    }, { pk: ['remediation_id', 'dir', 'n'] });
    await table(db, 'evidence', { id: 'key', remediation_id: 't', kind: 't', at: 'i', body: 't' });
    await table(db, 'acts', { id: 'key', resource_id: 't', at: 'i', by: 't', kind: 't', fingerprint: 't?', dedupe: 'tu', note: 't?' });
    await table(db, 'holds', { id: 'key', kind: 't', scope: 't', author: 't', reason: 't', from_at: 'i', until_at: 'i?' });
    await table(db, 'events', { id: 'key', host_id: 't', incident_id: 't?', launch_id: 't?', n: 'i', kind: 't', body: 't', at: 'i' });
    await table(db, 'deliveries', { event_id: 't', channel: 't', state: 't', attempts: 'i', next_at: 'i', error: 't?' }, { pk: ['event_id', 'channel'] });
    await table(db, 'cards', { subject: 't', channel: 't', ref: 't', version: 'i' }, { pk: ['subject', 'channel'] });
    await table(db, 'people', { id: 'key', name: 'tu', role: 't', retired: 'i' });
    await table(db, 'accounts', { platform: 't', user_id: 't', person_id: 't' }, { pk: ['platform', 'user_id'] });
    await table(db, 'audits', { host_id: 't', seq: 'i', at: 'i', who: 't', what: 't', why: 't', body: 't', prev: 't', hash: 't' }, { pk: ['host_id', 'seq'] });
    await indexes(db);
  }

  /** Checks alone have a number the database gives: samples carry it by the million. */
  async function checksTable(db: Kysely<unknown>): Promise<void> {
    let builder = db.schema.createTable('checks').addColumn('id', engine === 'sqlite' ? 'integer' : 'serial', (c) => engine === 'sqlite' ? c.primaryKey().autoIncrement() : c.primaryKey()) as CreateTableBuilder<string, string>;
    for (const column of ['resource_id', 'name', 'probe', 'options', 'cadence']) builder = builder.addColumn(column, text, (c) => c.notNull());
    for (const column of ['every_ms', 'critical', 'next_at', 'hot_until', 'trusted', 'retired', 'detected_at']) builder = builder.addColumn(column, int, (c) => c.notNull());
    builder = builder.addUniqueConstraint('checks_u0', ['resource_id', 'name']);
    if (engine === 'sqlite') builder = builder.modifyEnd(sql`strict`);
    await builder.execute();
  }

  async function indexes(db: Kysely<unknown>): Promise<void> {
    const wanted: readonly (readonly [string, readonly string[]])[] = [
      ['checks', ['next_at']], ['releases', ['app_id', 'first_seen_at']], ['launches', ['app_id', 'started_at']],
      ['signals', ['host_id', 'taken_at', 'at']], ['incidents', ['resource_id', 'opened_at']], ['incidents', ['launch_id']],
      ['findings', ['incident_id']], ['findings', ['resource_id', 'closed_at']], ['plans', ['incident_id']], ['plans', ['state']],
      ['questions', ['plan_id']], ['answers', ['outcome']], ['requests', ['host_id', 'ended_at']], ['remediations', ['state']],
      ['remediations', ['resource_id', 'started_at']], ['acts', ['resource_id', 'at']], ['events', ['incident_id', 'n']],
      ['events', ['host_id', 'at']], ['events', ['at']], ['deliveries', ['channel', 'state', 'next_at']], ['evidence', ['remediation_id']],
    ];
    for (const [on, columns] of wanted) {
      await db.schema.createIndex(`${on}_${columns.join('_')}_i`).on(on).columns([...columns]).execute();
    }
  }

  return { up };
}
