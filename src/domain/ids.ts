declare const kind: unique symbol;

/** A time-ordered text id of one kind of thing; ids of two kinds cannot be mixed up. */
export type Id<K extends string> = string & { readonly [kind]: K };

export type HostId = Id<'host'>;
export type ResourceId = Id<'resource'>;
export type ReleaseId = Id<'release'>;
export type LaunchId = Id<'launch'>;
export type IncidentId = Id<'incident'>;
export type FindingId = Id<'finding'>;
export type PlanId = Id<'plan'>;
export type QuestionId = Id<'question'>;
export type RequestId = Id<'request'>;
export type RemediationId = Id<'remediation'>;
export type EventId = Id<'event'>;
export type HoldId = Id<'hold'>;
export type PersonId = Id<'person'>;
/** Checks have small integers, because millions of samples carry one. */
export type CheckId = number;
