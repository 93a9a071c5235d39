import type { Generated, Kysely } from 'kysely';
import type { ChannelState } from '../domain/channel-state.js';
import type { Verdict, Cadence } from '../domain/check.js';
import type { Severity } from '../domain/finding.js';
import type {
  CheckId, EventId, FindingId, HoldId, HostId, IncidentId, LaunchId, PersonId, PlanId, QuestionId, ReleaseId, RemediationId,
  RequestId, ResourceId,
} from '../domain/ids.js';
import type { EventKind } from '../domain/event.js';
import type { HoldKind } from '../domain/hold.js';
import type { IncidentState } from '../domain/incident.js';
import type { LaunchState } from '../domain/launch.js';
import type { Decision, PlanState, Risk } from '../domain/plan.js';
import type { Platform, Role } from '../domain/person.js';
import type { AnswerOutcome, QuestionState } from '../domain/question.js';
import type { ReleaseOrigin, ReleaseVerdict } from '../domain/release.js';
import type { RemediationState, StepState } from '../domain/remediation.js';
import type { Resource } from '../domain/resource.js';
import type { Span } from '../domain/span.js';

/** 0 or 1: neither engine's boolean travels unchanged. */
export type Flag = 0 | 1;
/** A JSON document kept as text. */
export type JsonText = string;

export interface HostsTable {
  id: HostId; name: string; fence: number; rev: number;
  /** The monitor's last sign of life; null: it stopped as it should, or has never run. */
  monitor_seen_at: number | null; bot_seen_at: number | null; pm2_lost_at: number | null;
}
export interface ResourcesTable {
  id: ResourceId; host_id: HostId; kind: Resource['kind']; name: string; config: JsonText; retired: Flag;
  /** The last sighting (what the release probe saw), to tell a change. */
  sighting: JsonText | null;
  /** When the app's past was read; null: not yet, or it is no app. */
  imported_at: number | null;
}
export interface EdgesTable { resource_id: ResourceId; uses_id: ResourceId }
export interface ReleasesTable {
  id: ReleaseId; app_id: ResourceId; commit: string | null; dir: string; lock_hash: string | null;
  config_hash: string | null; node_version: string | null; first_seen_at: number; verdict: ReleaseVerdict;
  verdict_at: number; verdict_reason: string | null; quarantined_at: number | null;
  /** JSON array of names; null: not written down. */
  env_keys: JsonText | null;
  /** Null: it was seen running. */
  origin: ReleaseOrigin | null;
  /** What was applied to its databases, as it was last read; null: it was never read. */
  migrations: JsonText | null;
}
export interface LaunchesTable {
  id: LaunchId; app_id: ResourceId; release_id: ReleaseId; state: LaunchState; started_at: number; ends_at: number;
  ended_at: number | null; ticks_made: number; next_tick_at: number | null; hot_until: number; next_at: number | null;
  auto_rollback: Flag; why: string; six_hours_told: Flag; who: string | null;
  /** The app's id while this launch is open: at most one a time. */
  open_app: ResourceId | null;
}
export interface ChecksTable {
  id: CheckId; resource_id: ResourceId; name: string; probe: string; options: JsonText; cadence: Cadence;
  every_ms: number; critical: Flag; next_at: number; hot_until: number; trusted: Flag; retired: Flag;
  /** `at` of the newest sample, and of the newest one that the detectors have seen; 0: none. */
  sampled_at: number; detected_at: number;
  /** `at` of the newest sample that is in the counters. */
  counted_at: Generated<number>;
}
export interface SamplesTable {
  check_id: CheckId; at: number; verdict: Verdict; ms: number | null;
  /** JSON array in the probe's order. */
  v: JsonText; note: string | null;
}
export interface RollupsTable {
  check_id: CheckId; span_ms: number; at: number; n: number; good: number; bad: number; unknown: number; error: number;
  ms_min: number | null; ms_max: number | null; ms_sum: number;
}
export interface BaselinesTable { check_id: CheckId; release_id: ReleaseId; n: number; body: JsonText }
export interface SignalsTable {
  id: string; host_id: HostId; resource_id: ResourceId | null; kind: string; key: string | null; body: JsonText;
  at: number; taken_at: number | null;
}
export interface IncidentsTable {
  id: IncidentId; resource_id: ResourceId; launch_id: LaunchId | null; kind: string; severity: Severity;
  emergency: Flag; state: IncidentState; title: string; opened_at: number; closed_at: number | null;
  reason: string | null; rung: number; failed: number; next_at: number; acked_at: number | null; acked_by: string | null;
  /** The cause's id while the incident is not resolved: one open incident a cause. */
  open_resource: ResourceId | null;
  /** From the first bad reading until it was opened; null while nobody has counted it, and where no reading told of it. */
  detection_ms: Generated<number | null>;
  /** 1 once it is in the counters. */
  counted: Generated<Flag>;
}
export interface FindingsTable {
  id: FindingId; incident_id: IncidentId; resource_id: ResourceId; detector: string; fingerprint: string; kind: string;
  severity: Severity; emergency: Flag; title: string; evidence: JsonText; first_at: number; last_at: number;
  closed_at: number | null;
  /** resource|detector|fingerprint while open. */
  open_key: string | null;
}
export interface PlansTable {
  id: PlanId; incident_id: IncidentId; target_id: ResourceId; repair: string; args: JsonText; risk: Risk;
  state: PlanState;
  /** `Prepared` without its witness. */
  body: JsonText | null;
  witness: JsonText | null; hash: string | null; verdict: Decision['verdict'] | null; rule: string | null;
  why: string | null; asked_by: string | null; request_id: RequestId | null; made_at: number;
  /** What it was decided on. */
  facts: JsonText | null;
}
export interface QuestionsTable {
  id: QuestionId; plan_id: PlanId; hash: string; need: number; state: QuestionState; asked_at: number;
  expires_at: number; warned_at: number | null; decided_at: number | null; decided_by: string | null;
  /** The least role that may say yes, who may not although his role would, and what people should know of that. */
  role: Exclude<Role, 'viewer'>; barred: string | null; note: string | null;
  /** The target's id while open: at most one open question an app. */
  open_app: ResourceId | null;
}
export interface AnswersTable {
  question_id: QuestionId; person_id: PersonId; yes: Flag; via: Platform; nonce: string; at: number;
  outcome: AnswerOutcome | null;
}
export interface RequestsTable {
  id: RequestId; host_id: HostId; resource_id: ResourceId | null; verb: string; args: JsonText;
  person_id: PersonId; via: Platform; key: string; at: number; taken_at: number | null; ended_at: number | null;
  result: JsonText | null;
}
export interface RemediationsTable {
  id: RemediationId; plan_id: PlanId; resource_id: ResourceId; fingerprint: string; state: RemediationState;
  fence: number; started_at: number; settle_until: number | null; deadline_at: number | null; ended_at: number | null;
  outcome: string | null;
  /** The target's id while under way: one remediation a target. */
  open_lane: ResourceId | null;
  /** The same of a server that other hosts may reach too, by a hash of its address. */
  open_server: string | null;
  counted: Generated<Flag>;
}
export interface StepsTable {
  remediation_id: RemediationId; dir: 'do' | 'undo'; n: number; name: string; state: StepState; fence: number;
  intended_at: number; deadline_at: number; ended_at: number | null; receipt: JsonText | null; error: string | null;
}
export interface EvidenceTable { id: string; remediation_id: RemediationId; kind: string; at: number; body: JsonText; missing: string | null }
export interface SpansTable {
  id: string; incident_id: IncidentId; kind: Span['kind']; text: string; why: string | null; from_at: number; to_at: number | null; times: number;
  audit_seq: number | null;
}
export interface ActsTable {
  id: string; resource_id: ResourceId; at: number; by: 'us' | 'pm2' | 'person'; kind: string;
  fingerprint: string | null; dedupe: string; note: string | null;
}
export interface HoldsTable {
  id: HoldId; host_id: HostId; kind: HoldKind; scope: string; author: string; reason: string; from_at: number;
  until_at: number | null; ended_at: number | null; ended_by: string | null; key: string | null;
  /** host|key while it is not over: of two with one key there is one at a time. */
  open_key: string | null;
}
export interface EventsTable {
  id: EventId; host_id: HostId; incident_id: IncidentId | null; launch_id: LaunchId | null;
  /** Order within its subject. */
  n: number; kind: EventKind; body: JsonText; at: number;
}
export interface DeliveriesTable {
  event_id: EventId; channel: string;
  /** due: to be tried · done · dropped: overtaken by a newer card, or not for this channel · dead: given up. */
  state: 'due' | 'done' | 'dropped' | 'dead';
  attempts: number; next_at: number; error: string | null;
}
export interface CardsTable { subject: string; channel: string; ref: JsonText; version: number }
export interface ChannelsTable { host_id: HostId; name: string; part: ChannelState['part']; since: number; why: string | null; mend: string | null }
export interface LeasesTable { name: string; holder: string; until_at: number }
/** A row begins as a link that somebody was given, and is a session once it was used. Whoever gives the link inserts it; the bot writes all else. */
export interface VisitsTable { link: string; host_id: HostId; person_id: PersonId; link_until: number; session: string | null; session_until: number | null }
/** `id` is the hash of the token that a job is called with; one row for each. */
export interface PingsTable {
  id: string; host_id: HostId; since: number; started_at: number | null; ended_at: number | null; exit: number | null; ran_ms: number | null;
  heard_at: number; deaf_from: number | null; deaf_until: number | null;
}
/** What fires elsewhere; written by the bot alone. */
export interface AlertsTable {
  host_id: HostId; fingerprint: string; resource_id: ResourceId; name: string; severity: Severity; summary: string; labels: JsonText; started_at: number; at: number;
}
export interface PeopleTable { id: PersonId; host_id: HostId; name: string; role: Role; retired: Flag }
export interface AccountsTable { host_id: HostId; platform: Platform; user_id: string; person_id: PersonId }
export interface AuditsTable {
  host_id: HostId; seq: number; at: number; who: string; what: string; why: string; body: JsonText; prev: string;
  hash: string;
}

/** How healthy the host (`subject` is empty) or an app was; `body` is a HealthScore. A row holds until the next. */
export interface ScoresTable { host_id: HostId; subject: string; at: number; score: number | null; body: JsonText }
/** `labels` is canonical JSON. */
export interface CountersTable { host_id: HostId; name: string; labels: JsonText; n: number }
/** What programs call an app that they registered; written by the bot alone. */
export interface DeploymentsTable { host_id: HostId; id: string; app_id: ResourceId; body: JsonText; at: number }

export interface Tables {
  hosts: HostsTable; resources: ResourcesTable; edges: EdgesTable; releases: ReleasesTable; launches: LaunchesTable;
  checks: ChecksTable; samples: SamplesTable; rollups: RollupsTable; baselines: BaselinesTable; signals: SignalsTable;
  incidents: IncidentsTable; findings: FindingsTable; plans: PlansTable; questions: QuestionsTable;
  answers: AnswersTable; requests: RequestsTable; remediations: RemediationsTable; steps: StepsTable;
  evidence: EvidenceTable; spans: SpansTable; acts: ActsTable; holds: HoldsTable; events: EventsTable; deliveries: DeliveriesTable;
  cards: CardsTable; channels: ChannelsTable; leases: LeasesTable; visits: VisitsTable; pings: PingsTable; alerts: AlertsTable; people: PeopleTable; accounts: AccountsTable; audits: AuditsTable;
  scores: ScoresTable; counters: CountersTable; deployments: DeploymentsTable;
}

/** A connection to read from, or the transaction that is being written. */
export type Db = Kysely<Tables>;
