import type { Severity } from './finding.js';
import type { ResourceId } from './ids.js';

/** An alert that fires elsewhere, as Alertmanager last told of it. Every text in it is from outside. */
export interface Alert {
  readonly fingerprint: string;
  /** What stands for all alerts of an app, or for those of no app here. */
  readonly resourceId: ResourceId;
  readonly name: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startedAt: number;
  /** When it was last told of. */
  readonly at: number;
}

/** Alertmanager says again every few hours what still fires (`repeat_interval`): what it is silent of for so long is over. */
export const ALERT_FOR_MS = 24 * 3_600_000;

/** The resource that alerts of an app stand at, so that they are in the way of nothing that is done to it; null: of no app that is watched. */
export function alertsOf(app: string | null): string {
  return app === null ? 'alerts' : `${app}.alerts`;
}

const GRAVE = /^(?:critical|page|emergency|fatal|error|high|p1)$/i;
const SLIGHT = /^(?:info|information|none|low|notice|debug)$/i;

/** What rules usually call it, in our words. */
export function severityOf(label: string | undefined): Severity {
  if (label !== undefined && GRAVE.test(label)) return 'critical';
  return label !== undefined && SLIGHT.test(label) ? 'info' : 'warning';
}

/** Labels that name what an alert is about, the plainest first. */
const NAMING = ['app', 'application', 'service', 'pm2', 'name', 'job'];

/** The app that an alert's labels name; null: none of these. */
export function appMeant(labels: Readonly<Record<string, string>>, apps: readonly string[]): string | null {
  const named = NAMING.map((label) => (Object.hasOwn(labels, label) ? labels[label] : undefined));
  return named.find((name): name is string => name !== undefined && apps.includes(name)) ?? null;
}
