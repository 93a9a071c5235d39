import { EVERYTHING, type Hold } from '../domain/hold.js';
import type { IncidentView } from '../domain/incident-view.js';
import type { LaunchView } from '../domain/launch-view.js';
import type { About, Asked } from './card.js';
import { planAsked } from './question-part.js';
import { sayPlan } from './repair-words.js';

/** What is wrong with a server or a dependency is the business of whoever watches any app. */
export function aboutIncident(view: IncidentView): About {
  const { incident, resource } = view;
  const asked = askedIn(view);
  return {
    kind: 'incident',
    state: asked === null ? incident.state : 'asking',
    resource: resource.name,
    apps: resource.kind === 'app' ? [resource.name] : [],
    asked,
  };
}

function askedIn(view: IncidentView): Asked | null {
  const open = planAsked(view);
  if (open === null) return null;
  const { question, plan } = open;
  return {
    id: question.id,
    what: sayPlan(plan, view.destinations),
    mayDecide: view.approvers,
    need: question.need,
    yes: question.answers.filter(({ outcome, yes }) => outcome === 'counted' && yes).map(({ name }) => name),
    expiresAt: question.expiresAt,
  };
}

export function aboutLaunch({ launch, app }: LaunchView): About {
  return { kind: 'launch', state: launch.state, resource: app.name, apps: [app.name], asked: null };
}

export function aboutHold({ scope, endedAt }: Pick<Hold, 'scope' | 'endedAt'>): About {
  const apps = scope === EVERYTHING ? [] : scope.split(',');
  return { kind: 'hold', state: endedAt === null ? 'holds' : 'over', resource: apps.length === 1 ? (apps[0] ?? null) : null, apps, asked: null };
}

export function aboutHost(state: string): About {
  return { kind: 'host', state, resource: null, apps: [], asked: null };
}

export function aboutProposal(app: string): About {
  return { kind: 'proposal', state: 'proposed', resource: app, apps: [app], asked: null };
}

/** Of everything that is named in it. */
export function aboutDigest(names: readonly string[]): About {
  return { kind: 'digest', state: 'over', resource: null, apps: names, asked: null };
}
