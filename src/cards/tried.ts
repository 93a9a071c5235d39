import { sayDuration } from '../domain/duration.js';
import { holdsHands } from '../domain/hold.js';
import type { IncidentView } from '../domain/incident-view.js';
import type { Plan } from '../domain/plan.js';
import { brokeOff, wasStopped } from '../domain/remediation.js';
import { mender } from './ending.js';
import { sayClock, type Reader } from './say-time.js';

const MOST_LINES = 6;

type Run = IncidentView['remediations'][number];

/** What was tried, with outcome and duration, and what was not done and why, but what mended it, which is told apart; null where there is nothing to tell. */
export function drawTried(view: IncidentView, reader: Reader): string | null {
  const mended = mender(view);
  const lines = view.plans.filter((plan, index) => !waited(plan) || (index === view.plans.length - 1 && isHeld(view, reader))).flatMap((plan) => {
    const run = view.remediations.find(({ planId }) => planId === plan.id);
    const line = run ? (run === mended ? null : sayRun(run, plan, reader)) : sayUndone(plan);
    return line === null ? [] : [line];
  });
  if (lines.length === 0) return null;
  // What is refused for the same reason again and again is told once, where it was refused last.
  const each = lines.filter((line, index) => !lines.includes(line, index + 1));
  const earlier = each.length - MOST_LINES;
  return [...(earlier > 0 ? [`… and ${earlier} before these`] : []), ...each.slice(-MOST_LINES)].join('\n');
}

/** A hold only put it off: once it is over, or another plan was made since, that is no news. */
function waited({ state, rule }: Plan): boolean {
  return state === 'denied' && rule?.startsWith('hold:') === true;
}

function isHeld({ holds }: IncidentView, { now }: Reader): boolean {
  return holds.some((hold) => holdsHands(hold) && (hold.until === null || hold.until > now));
}

function sayRun(run: Run, plan: Plan, reader: Reader): string {
  const took = sayDuration((run.endedAt ?? reader.now) - run.startedAt);
  const outcome = run.outcome === null ? '' : `: ${run.outcome}`;
  switch (run.state) {
    case 'running':
      return `${run.repair}: running for ${took}${currentStep(run)}`;
    case 'undoing':
      return `${run.repair}: is being taken back${outcome}`;
    case 'settling':
      return `${run.repair}: done, judged by fresh checks${run.deadlineAt === null ? '' : ` until ${sayClock(run.deadlineAt, reader)}`}`;
    case 'verified':
      return `${run.repair}: done, and its checks were good after ${took}`;
    case 'failed':
      return `${run.repair}: ${brokeOff(run) ? 'failed' : 'did not help'} (${took})${outcome}`;
    case 'unclear':
      if (plan.prepared?.verify.good === 0) return `${run.repair}: done (${took}), and left to people`;
      return wasStopped(run) ? `${run.repair}: was stopped${outcome}` : `${run.repair}: nobody can say whether it helped (${took})${outcome}`;
  }
}

function currentStep(run: Run): string {
  const step = run.steps.findLast(({ dir }) => dir === 'do');
  return step ? `, at “${step.name}”` : '';
}

/** A plan that never ran. One that is still on its way says nothing here. */
function sayUndone(plan: Plan): string | null {
  const why = plan.why === null ? '' : `: ${plan.why}`;
  if (plan.state === 'refused') return `${plan.repair}: not possible${why}`;
  if (plan.verdict === 'deny') return `${plan.repair}: not done${why}`;
  const ends: Partial<Record<Plan['state'], string>> = {
    denied: 'not done: the answer was no',
    expired: 'not done: nobody answered in time',
    cancelled: `not done any more${why}`,
    superseded: `not done any more${why}`,
  };
  const end = ends[plan.state];
  return end === undefined ? null : `${plan.repair}: ${end}`;
}
