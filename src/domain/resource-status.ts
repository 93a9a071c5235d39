import type { AppVerdict } from './app-verdict.js';
import type { IncidentSince } from './incident.js';
import type { Question } from './question.js';
import type { Resource } from './resource.js';

/** How one thing is that is watched beside the apps: the host, a server, a dependency. */
export interface ResourceStatus extends AppVerdict {
  readonly resource: Resource;
  /** The open ones at it. */
  readonly incidents: readonly IncidentSince[];
  readonly question: Pick<Question, 'id' | 'expiresAt'> | null;
}
