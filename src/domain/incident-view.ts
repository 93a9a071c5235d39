import type { Debt } from './debt.js';
import type { EvidenceNote } from './evidence.js';
import type { Finding } from './finding.js';
import type { Hold } from './hold.js';
import type { Incident } from './incident.js';
import type { Launch } from './launch.js';
import type { Plan } from './plan.js';
import type { Answer, Question } from './question.js';
import type { Release } from './release.js';
import type { JournalStep, Remediation } from './remediation.js';
import type { Resource } from './resource.js';

/** Everything a card of an incident is drawn from, read at one time. */
export interface IncidentView {
  readonly incident: Incident;
  readonly resource: Resource;
  readonly launch: Launch | null;
  /** The release of that launch, which may have been rolled back since. */
  readonly launched: Release | null;
  /** The release that runs (or ran when it ended). */
  readonly release: Release | null;
  /** Where that launch began the watch of a release anew that was live already: since when it was; else null. */
  readonly liveBefore: number | null;
  /** When the first reading of that launch was bad, and none was good until it began; else null. */
  readonly badFrom: number | null;
  readonly findings: readonly Finding[];
  /** Oldest first. */
  readonly plans: readonly Plan[];
  /** True when the rule only suggests the newest plan: then people see the whole of it. Absent: it does not. */
  readonly suggested?: boolean;
  /** Those that a plan leads to. */
  readonly destinations: readonly Release[];
  readonly remediations: readonly (Remediation & { readonly repair: string; readonly steps: readonly JournalStep[]; readonly evidence: readonly EvidenceNote[] })[];
  /** The open question, else the last one. */
  readonly question: (Question & { readonly answers: readonly (Answer & { readonly name: string })[] }) | null;
  /** Names of those who may answer. */
  readonly approvers: readonly string[];
  /** Of the week before it began, and since; of a dependency none. */
  readonly debt: Debt;
  /** What holds hands or calls over the resource, the oldest first. */
  readonly holds: readonly Hold[];
}
