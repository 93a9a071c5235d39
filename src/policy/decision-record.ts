import type { Json } from '../domain/json.js';
import { explain, type Explanation } from './explain.js';
import type { PlanInQuestion, Policy, PolicyFacts } from './policy.js';

const VERSION = 1;
/** A reason is a sentence; what people write as one may be anything. */
const REASON_CHARS = 300;
const MOST_HOLDS = 10;

/** A decision with all that it was made on: it can be explained, and made again with another policy. */
export interface DecisionRecord {
  readonly version: typeof VERSION;
  /** Hash of the policy that decided. */
  readonly policy: string;
  readonly plan: PlanInQuestion;
  readonly facts: PolicyFacts;
  readonly explanation: Explanation;
}

export function recordOf(plan: PlanInQuestion, policy: Policy, facts: PolicyFacts): DecisionRecord {
  const holds = facts.holds.slice(0, MOST_HOLDS).map(({ kind, reason, author }) => ({ kind, reason: reason.slice(0, REASON_CHARS), author }));
  return { version: VERSION, policy: policy.hash, plan, facts: { ...facts, holds }, explanation: explain(plan, policy, { ...facts, holds }) };
}

/** A record as it was kept; null for one of another version. */
export function readRecord(kept: Json): DecisionRecord | null {
  const record = kept as unknown as DecisionRecord | null;
  return record !== null && typeof record === 'object' && record.version === VERSION ? record : null;
}
