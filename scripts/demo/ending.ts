import type { Exit } from '../../src/commands/command.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Incident } from '../../src/domain/incident.js';
import { actsOn } from '../../src/store/acts.js';
import { incidentView } from '../../src/store/incident-view.js';
import type { ShopFault } from '../shop/break-shop.js';
import { askShop } from '../shop/shop.js';
import type { Scene } from './scene.js';

const PAGES = ['/', '/cart', '/checkout', '/health'];

type Outcome = 'repaired' | 'rolled_back' | 'escalated';

export interface Story {
  readonly fault: ShopFault;
  readonly brokenAt: number;
  /** Newest first; null when it did not come to an end. */
  readonly incidents: readonly Incident[] | null;
}

export interface Ending {
  readonly text: string;
  /** Milliseconds; `healMs` is null where people are needed. */
  readonly facts: { readonly fault: ShopFault; readonly outcome: Outcome; readonly detectMs: number | null; readonly healMs: number | null; readonly well: boolean };
  readonly exit: Exit;
}

/** The shop itself has the last word: it must answer well on every page. */
export async function endOf(scene: Scene, { fault, brokenAt, incidents }: Story): Promise<Ending> {
  const well = await answersWell(scene);
  const last = incidents?.[0];
  if (!last) return { text: 'the story did not come to an end in time', facts: { fault, outcome: 'escalated', detectMs: null, healMs: null, well }, exit: 1 };
  const sinceMs = fault === 'late-crash-loop' ? await visibleFrom(scene, last, brokenAt) : brokenAt;
  const detectMs = Math.max(0, (incidents.at(-1) ?? last).openedAt - sinceMs);
  if (last.closedAt === null) {
    const asked = await isAsked(scene, last);
    const text = asked ? 'people were asked, and nobody said yes: the shop stays as it is' : `people are needed: ${last.reason ?? last.title}`;
    return { text, facts: { fault, outcome: 'escalated', detectMs, healMs: null, well }, exit: asked ? 0 : 1 };
  }
  const outcome = await outcomeOf(scene, last);
  const healMs = last.closedAt - sinceMs;
  const text = `${outcome === 'rolled_back' ? 'rolled back' : 'repaired'}: the fault was seen after ${sayDuration(detectMs)}, and the shop proved well after ${sayDuration(healMs)}${well ? '' : ', but it does not answer well'}`;
  return { text, facts: { fault, outcome, detectMs, healMs, well }, exit: well && outcome !== 'escalated' ? 0 : 1 };
}

/** A release that crashes late is not broken while it still runs well: what PM2 saw first counts. */
async function visibleFrom(scene: Scene, incident: Incident, brokenAt: number): Promise<number> {
  const acts = await actsOn(scene.store.db, incident.resourceId, brokenAt - 1);
  const crash = acts.find((act) => act.by === 'pm2' && act.kind === 'restart');
  return crash?.at ?? brokenAt;
}

/** Left open because it asked and was not allowed: what it ought to do. */
async function isAsked(scene: Scene, incident: Incident): Promise<boolean> {
  const { question } = await incidentView(scene.store.db, incident.id);
  return question !== null && question.state !== 'approved';
}

async function outcomeOf(scene: Scene, incident: Incident): Promise<Outcome> {
  if (incident.state !== 'resolved') return 'escalated';
  const helped = (await incidentView(scene.store.db, incident.id)).remediations.findLast((run) => run.state === 'verified');
  return helped?.repair === 'release.rollback' ? 'rolled_back' : 'repaired';
}

async function answersWell(scene: Scene): Promise<boolean> {
  const answers = await Promise.all(PAGES.map((page) => askShop(scene.shop, page)));
  return answers.every((one) => one?.status === 200);
}
