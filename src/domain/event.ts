import type { EventId, HostId, IncidentId, LaunchId } from './ids.js';
import type { Json } from './json.js';

/** What can happen that people or machines may want to know. Bodies hold ids and facts, never text for people. */
export const EVENT_KINDS = [
  'launch.started', 'launch.six_hours', 'launch.ended',
  'incident.opened', 'incident.changed', 'incident.escalated', 'incident.reminded', 'incident.resolved',
  'plan.suggested', 'question.asked', 'question.warned', 'question.closed',
  'remediation.started', 'remediation.ended',
  'hold.began', 'hold.ended', 'trust.proposed',
  'monitor.started', 'monitor.pm2_lost', 'monitor.pm2_back', 'monitor.blind', 'monitor.sees', 'bot.restarted', 'store.full', 'store.room',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Something to be told. Its subject, an incident or a launch, has one live card in each channel. */
export interface Event {
  readonly id: EventId;
  readonly hostId: HostId;
  readonly incidentId: IncidentId | null;
  readonly launchId: LaunchId | null;
  readonly kind: EventKind;
  readonly body: Json;
  readonly at: number;
}
