import type { Sample } from './check.js';
import { isLeftAlone, LEFT_ALONE, type Incident } from './incident.js';
import type { Plan } from './plan.js';
import type { Remediation } from './remediation.js';
import { checkLabel } from './series.js';
import type { Wait } from './span.js';

/** fresh: measured since the incident began, and not bad. Where all that is known is unknown, it is measured again. */
export type DependencyState = 'fresh' | 'stale' | 'bad';

/** What is true around an open incident. */
export interface WaitFacts {
  readonly incident: Pick<Incident, 'state' | 'nextAt' | 'reason'>;
  /** Its plan that still leads somewhere. */
  readonly plan: Pick<Plan, 'repair' | 'state'> | null;
  /** The question about that plan, and how many have said yes. */
  readonly question: { readonly need: number; readonly yes: number } | null;
  /** The remediation at work on the resource, or being judged. */
  readonly run: Pick<Remediation, 'state' | 'settleUntil'> & { readonly repair: string } | null;
  /** The newest reading of each check that judges. */
  readonly readings: readonly { readonly check: string; readonly newest: Pick<Sample, 'at' | 'verdict' | 'note'> | null }[];
  /** True when nobody has looked which release runs since it began. */
  readonly unseenRelease: boolean;
  readonly dependencies: readonly { readonly name: string; readonly state: DependencyState }[];
  /** Its newest plan, which may lead nowhere any more. */
  readonly last: Pick<Plan, 'repair' | 'state' | 'rule' | 'why'> | null;
}

const MOST_NAMED = 3;

/**
 * Why nothing is being begun for an open incident at this moment: the one place that says so, in the order in which the
 * stages look. Null: nothing stands in the way of the next pass.
 */
export function waitOf(facts: WaitFacts, now: number): Wait | null {
  if (facts.run) return atWork(facts, facts.run, now);
  if (facts.plan) return onItsWay(facts, facts.plan);
  if (isLeftAlone(facts.incident)) return { kind: 'people', text: LEFT_ALONE };
  if (facts.incident.state === 'escalated') return { kind: 'people', text: `it has stopped, and people are needed: ${facts.incident.reason ?? 'it has nothing left to try'}` };
  const held = heldUp(facts, now);
  if (held) return held;
  if (facts.unseenRelease) return { kind: 'release', text: 'it looks first which release runs now' };
  return onDependencies(facts) ?? cooling(facts, now);
}

function atWork(facts: WaitFacts, run: NonNullable<WaitFacts['run']>, now: number): Wait {
  if (run.state === 'undoing') return { kind: 'undoing', text: `${run.repair} is being taken back` };
  if (run.state === 'running') return { kind: 'running', text: `${run.repair} is at work` };
  if (run.settleUntil !== null && now < run.settleUntil) return { kind: 'settling', text: `${run.repair} is done; what is measured counts once the app has settled` };
  const unmeasured = facts.readings.filter(({ newest }) => newest === null || newest.verdict === 'unknown' || newest.verdict === 'error');
  if (unmeasured.length === 0) return { kind: 'proof', text: `fresh readings show whether ${run.repair} helped` };
  return { kind: 'no_data', text: `whether ${run.repair} helped cannot be told: ${unmeasured.slice(0, MOST_NAMED).map(sayUnmeasured).join('; ')}` };
}

function sayUnmeasured({ check, newest }: WaitFacts['readings'][number]): string {
  return `${checkLabel(check)} could not be measured${newest?.note ? ` (${newest.note})` : ''}`;
}

function onItsWay({ question }: WaitFacts, { repair, state }: NonNullable<WaitFacts['plan']>): Wait | null {
  switch (state) {
    case 'drafted':
      return { kind: 'preparing', text: `${repair} is looked at: whether it can be done, and what it would do` };
    case 'prepared':
      return { kind: 'deciding', text: `${repair} waits for the end of another question about the app` };
    case 'asked':
      return { kind: 'question', text: `people were asked for ${repair}; ${question && question.yes > 0 ? `${question.yes} of ${question.need} said yes` : 'nobody has answered'}` };
    case 'confirming':
      return { kind: 'confirming', text: `the answer was yes; ${repair} is looked at again` };
    case 'approved':
      return { kind: 'lane', text: `${repair} may be done; it has not begun yet` };
    default:
      return null;
  }
}

function onDependencies({ dependencies }: WaitFacts): Wait | null {
  const bad = dependencies.find(({ state }) => state === 'bad');
  if (bad) return { kind: 'dependency', text: `${bad.name} is bad, so the app is left alone` };
  const stale = dependencies.find(({ state }) => state === 'stale');
  return stale ? { kind: 'dependency', text: `it waits for a fresh reading of ${stale.name}` } : null;
}

/** Policy put it off: a hold, or a pause between two tries. */
function heldUp({ incident, last }: WaitFacts, now: number): Wait | null {
  if (incident.nextAt <= now || last?.state !== 'denied') return null;
  return { kind: last.rule?.startsWith('hold:') ? 'hold' : 'cooldown', text: `it waits with ${last.repair}${last.why === null ? '' : `: ${last.why}`}` };
}

function cooling({ incident, last }: WaitFacts, now: number): Wait | null {
  if (incident.nextAt <= now) return null;
  if (last === null && incident.reason !== null) return { kind: 'dependency', text: incident.reason };
  const next = last === null ? 'it is looked at again in a moment; nothing was tried yet' : 'it waits a moment before the next try';
  return { kind: 'cooldown', text: `${next}${last?.state === 'refused' && last.why !== null ? `: ${last.why}` : ''}` };
}

/** What of a dependency's checks is known since the incident began; its own trouble would be the cause. */
export function dependencyState(newest: readonly (Pick<Sample, 'at' | 'verdict'> | null)[], since: number): DependencyState {
  if (newest.some((sample) => sample?.verdict === 'bad')) return 'bad';
  const unclear = newest.length > 0 && newest.every((sample) => sample?.verdict === 'unknown');
  return unclear || newest.some((sample) => sample === null || sample.at < since) ? 'stale' : 'fresh';
}
