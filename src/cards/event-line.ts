import { sayDuration } from '../domain/duration.js';
import type { Event } from '../domain/event.js';
import { isLeftAlone } from '../domain/incident.js';
import type { IncidentView } from '../domain/incident-view.js';
import { releaseName } from '../domain/release.js';
import { isLeftToPeople } from '../domain/remediation.js';
import { began, failedWish, isUndone } from './ending.js';
import { planAsked } from './question-part.js';
import { sayPlan } from './repair-words.js';
import { sayIn, type Reader } from './say-time.js';

/**
 * One line of a story that is followed along: the event tells what happened, the view is how the incident stands by
 * now. Null for what is no news to somebody who watches this one incident.
 */
export function eventLine(event: Pick<Event, 'kind'> & Partial<Pick<Event, 'body'>>, view: IncidentView, reader: Reader): string | null {
  const { incident, resource } = view;
  const run = view.remediations.at(-1);
  switch (event.kind) {
    case 'incident.changed':
      return change(event.body, view);
    case 'incident.opened':
      return `${resource.name}: ${incident.title}`;
    case 'incident.escalated':
      return `${resource.name}${isLeftAlone(incident) ? '' : ' needs you'}: ${incident.reason ?? incident.title}`;
    case 'incident.reminded':
      return incident.state === 'escalated' ? `${resource.name} ${isLeftAlone(incident) ? 'still does not run' : 'still needs you'}: ${incident.reason ?? incident.title}` : null;
    case 'incident.resolved':
      if (isUndone(view)) return `${resource.name}: not done${incident.reason === null ? '' : `: ${incident.reason}`}`;
      return `${resource.name}: ${failedWish(view) ? 'failed' : 'over'} after ${sayDuration((incident.closedAt ?? reader.now) - began(view))}`;
    case 'plan.suggested':
      return suggestion(view);
    case 'question.asked': {
      const asked = planAsked(view);
      return asked ? `may I ${sayPlan(asked.plan, view.destinations)}? (approve ${resource.name}, deny ${resource.name}; expires ${sayIn(asked.question.expiresAt, reader)})` : null;
    }
    case 'question.warned':
      return view.question ? `the question still waits; it expires ${sayIn(view.question.expiresAt, reader)}` : null;
    case 'question.closed':
      return view.question ? `the answer: ${view.question.state}${view.question.decidedBy === null ? '' : ` (${view.question.decidedBy})`}` : null;
    case 'remediation.started':
      return run ? `${run.repair} has begun` : null;
    case 'remediation.ended':
      return run ? `${run.repair}: ${isLeftToPeople(run, planOf(view, run)) ? 'ended' : run.state} after ${sayDuration((run.endedAt ?? reader.now) - run.startedAt)}${run.outcome === null ? '' : `: ${run.outcome}`}` : null;
    default:
      return null;
  }
}

function planOf({ plans }: IncidentView, { planId }: IncidentView['remediations'][number]): IncidentView['plans'][number] | undefined {
  return plans.find(({ id }) => id === planId);
}

function change(body: Event['body'] | undefined, { incident, resource, launched }: IncidentView): string {
  const { launch, policy, ackedBy } = (body ?? {}) as { readonly launch?: string; readonly policy?: string; readonly ackedBy?: string };
  if (ackedBy !== undefined) return `${resource.name}: ${ackedBy} has seen it`;
  if (launch !== undefined && launched) return `${resource.name}: it belongs to release ${releaseName(launched)}, which is live now`;
  if (policy !== undefined) return `${resource.name}: the policy changed; it is looked at again`;
  return `${resource.name}: ${isLeftAlone(incident) ? incident.reason : incident.title}`;
}

function suggestion(view: IncidentView): string | null {
  const plan = view.plans.at(-1);
  return plan ? `${sayPlan(plan, view.destinations)}: suggested, not done${plan.why === null ? '' : `: ${plan.why}`}` : null;
}
