import { eventLine } from '../../src/cards/event-line.js';
import { sayPlan } from '../../src/cards/repair-words.js';
import type { Reader } from '../../src/cards/say-time.js';
import type { Event } from '../../src/domain/event.js';
import type { IncidentView } from '../../src/domain/incident-view.js';
import { releaseName } from '../../src/domain/release.js';
import { incidentView } from '../../src/store/incident-view.js';
import { getLaunch } from '../../src/store/launches.js';
import { getRelease } from '../../src/store/releases.js';
import type { Scene } from './scene.js';

/** One event for somebody who sees all this for the first time; null for what another line tells. */
export async function storyLine(scene: Scene, event: Event, reader: Reader): Promise<string | null> {
  const { db } = scene.store;
  if (event.launchId) return event.kind === 'launch.started' ? launchLine(scene, event.launchId) : null;
  if (!event.incidentId) return null;
  const view = await incidentView(db, event.incidentId);
  switch (event.kind) {
    case 'incident.opened':
    case 'incident.changed':
      return `hypercare sees it: ${view.incident.title}`;
    case 'remediation.started':
      return begun(scene, view);
    case 'question.asked':
      return asked(view);
    case 'question.closed': // The person's own line tells it,
    case 'incident.resolved': // and the result this.
      return null;
    default:
      return eventLine(event, view, reader);
  }
}

async function launchLine({ store }: Scene, id: NonNullable<Event['launchId']>): Promise<string> {
  const launch = await getLaunch(store.db, id);
  const name = releaseName(await getRelease(store.db, launch.releaseId));
  return launch.autoRollback ? `release ${name} is seen running, and watched from now on` : `release ${name} runs again, is watched anew, and is not rolled back by itself`;
}

function begun({ monitor }: Scene, { remediations }: IncidentView): string | null {
  const run = remediations.at(-1);
  if (!run) return null;
  const summary = monitor.ctx.units.repairs[run.repair]?.summary;
  return `${run.repair} begins${summary ? `: ${summary}` : ''}`;
}

function asked({ question, plans, destinations }: IncidentView): string | null {
  const plan = plans.find(({ id }) => id === question?.planId);
  return plan ? `hypercare asks: may I ${sayPlan(plan, destinations)}? (as a button in Slack and Telegram, or at the terminal)` : null;
}
