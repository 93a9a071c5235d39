import { sayDuration } from '../domain/duration.js';
import { GOOD_AGAIN } from '../domain/incident.js';
import type { IncidentView } from '../domain/incident-view.js';
import { saidBy } from '../domain/receipt.js';
import { isLeftToPeople, staysLive } from '../domain/remediation.js';
import type { Release } from '../domain/release.js';
import { REHEARSE } from '../domain/rehearsal.js';
import { TAG } from '../domain/routine.js';
import { DEPLOY, nameRepair } from './repair-words.js';
import { sayFromTo, type Reader } from './say-time.js';

/** A card has so many lines of what was done at most. */
const MOST_SAID = 5;
/** How the reason begins that lists what became of each plan. */
const NOTHING_LEFT = 'nothing is left to try';
/** How a process is told whose entry was deleted. */
const NOT_LISTED = /is not in PM2's list/;

/** The repair after which the incident was over; null where it went away otherwise. */
export function mender(view: IncidentView): IncidentView['remediations'][number] | null {
  const last = view.remediations.at(-1);
  return view.incident.state === 'resolved' && last?.state === 'verified' && !view.incident.reason?.startsWith(GOOD_AGAIN) ? last : null;
}

/** What a person asked for and no step was done of: refused, not allowed, or answered with no. */
export function isUndone({ incident, remediations }: IncidentView): boolean {
  return incident.kind === 'manual' && incident.state === 'resolved' && remediations.length === 0;
}

/** What a person asked for by hand was done, and left nothing that could prove more. */
export function askedAndDone({ incident, plans, remediations }: IncidentView): boolean {
  const last = remediations.at(-1);
  return incident.kind === 'manual' && last !== undefined && isLeftToPeople(last, plans.find(({ id }) => id === last.planId));
}

/** A deploy or a rehearsal that a person asked for, where the incident is about nothing else: whether it came about, in words. */
export function wishOf({ incident, plans, remediations }: IncidentView): { readonly says: string; readonly run: IncidentView['remediations'][number] | null } | null {
  const plan = plans.at(-1);
  if (incident.kind !== 'manual' || (plan?.repair !== DEPLOY && plan?.repair !== REHEARSE)) return null;
  const run = remediations.find(({ planId }) => planId === plan.id) ?? null;
  const not = run?.state === 'verified' ? '' : 'not ';
  if (plan.repair === REHEARSE) return { run, says: `the way back is ${not}open` };
  return { run, says: `${plan.prepared?.brings?.slice(0, 7) ?? 'it'} is ${not !== '' && run && staysLive(run.steps) ? 'live and not proved well' : `${not}live`}` };
}

/** What a person asked for by hand did not come about, though it was begun: a rollback that broke off, a repair that failed. */
export function failedWish({ incident, remediations }: IncidentView): boolean {
  return incident.kind === 'manual' && incident.state === 'resolved' && remediations.at(-1)?.state === 'failed';
}

/** The release that runs, or ran when it ended: after a rollback, the one it led to. */
export function runningNow(view: IncidentView): Release | null {
  const plan = view.plans.find(({ id }) => id === mender(view)?.planId);
  return view.destinations.find(({ id }) => id === plan?.prepared?.leadsTo) ?? view.release;
}

/** Since when it was really bad: readings of a release that settles are kept, and count later. */
export function began({ incident, badFrom }: IncidentView): number {
  return badFrom ?? incident.openedAt;
}

/** How long it was, and who or what mended it. */
export function drawResolved(view: IncidentView, reader: Reader): string {
  const { closedAt, reason } = view.incident;
  const from = began(view);
  if (isUndone(view)) return sayUndone(view);
  const end = closedAt ?? reader.now;
  const lasted = `Lasted ${sayDuration(end - from)}, ${sayFromTo(from, end, reader)}.`;
  const run = mender(view);
  if (run) return [lasted, sayMender(view, run), ...sayDone(run)].join('\n');
  const wish = wishOf(view);
  if (wish?.run) return [lasted, `So ${wish.says}: ${wish.run.outcome ?? 'it was stopped'}.`, ...leftLive(view, wish.run)].join('\n');
  if (askedAndDone(view)) return `${lasted}\n${reason ?? 'It was done'}.`;
  if (view.remediations.length > 0) return `${lasted}\n${reason === null ? 'It ended without a proof that a repair helped' : reason.startsWith(GOOD_AGAIN) ? `It is ${reason}` : `It ended: ${reason}`}.`;
  return `${lasted}\nIt ended without a repair of ours${reason === null ? '' : `: ${reason}`}.`;
}

/** Why a deploy that did not go well was not gone back from stands in its plan; that people decide is said here. */
function leftLive({ resource }: IncidentView, run: IncidentView['remediations'][number]): readonly string[] {
  if (run.state === 'verified' || !staysLive(run.steps)) return [];
  return [`It was not gone back from by itself.\nNow: you decide. What a rollback would do: rollback ${resource.name} --plan; or deploy what mends it.`];
}

function sayUndone({ incident, plans }: IncidentView): string {
  const why = `Nothing was done${incident.reason === null ? '' : `: ${incident.reason}`}.`;
  return plans.at(-1)?.state === 'refused' ? `${why}\nNow: put that right, and ask again.` : why;
}

function sayMender(view: IncidentView, run: NonNullable<ReturnType<typeof mender>>): string {
  const plan = view.plans.find(({ id }) => id === run.planId);
  const good = plan?.prepared?.verify.good ?? null;
  const asker = plan?.askedBy ? `, which ${plan.askedBy} asked for` : '';
  const proof = good === null ? 'verified by fresh checks' : `verified by ${good} good ${good === 1 ? 'check' : 'checks'}`;
  if (plan?.repair === REHEARSE) return `Found by ${nameRepair(plan, view.destinations)}${asker}: each of its steps was seen to be done, and what is live was not touched.`;
  if (plan?.repair === TAG) return `Done by ${nameRepair(plan, view.destinations)}${asker}; the app was not touched.`;
  const how = plan?.repair === DEPLOY ? 'Brought live' : 'Mended';
  return `${how} by ${plan ? nameRepair(plan, view.destinations) : run.repair} after ${sayDuration((run.endedAt ?? run.startedAt) - run.startedAt)}${asker}; ${proof}.`;
}

/** What its steps say that they did. */
function sayDone({ steps }: NonNullable<ReturnType<typeof mender>>): readonly string[] {
  const said = steps.filter(({ dir }) => dir === 'do').map(({ receipt }) => saidBy(receipt)).filter((line) => line !== null);
  return said.slice(0, MOST_SAID).map((line) => `It ${line}.`);
}

/** What a person stopped: nothing is wrong, and nothing is to be done before it shall run again. */
export function drawLeftAlone(view: IncidentView): string {
  return `Somebody stopped it by hand; it is left alone until it is started again.\nNow: nothing is to be done. Once it shall run again: pm2 start ${processOf(view)}; this closes by itself when it is good.`;
}

/** What people should do now that the machine has stopped. */
export function drawEscalated(view: IncidentView): string {
  const { resource, incident } = view;
  // What became of each plan stands above, with its reason.
  const reason = view.plans.length > 0 && incident.reason?.startsWith(`${NOTHING_LEFT}:`) ? NOTHING_LEFT : (incident.reason ?? NOTHING_LEFT);
  const stopped = `hypercare has stopped acting: ${reason}.`;
  if (resource.kind !== 'app') return `${stopped}\nNow: look at ${resource.name} yourself. It is still measured, and this closes by itself once it is good.`;
  // What PM2 does not know has no log, and nothing that a repair could restart.
  if (NOT_LISTED.test(incident.title)) return `${stopped}\nNow: start it again as it was started before (pm2 start …), then “pm2 save”; it is still measured, and this closes by itself once it is good.`;
  return [
    stopped,
    `Now: look at its log (pm2 logs ${processOf(view)}), and mend it; it is still measured, and this closes by itself once it is good.`,
    `Or ask for one of these: “repair general ${resource.name}”, “rollback ${resource.name} --plan”.`,
  ].join('\n');
}

/** PM2's name of the app's first process, where the watch list names it. */
function processOf(view: IncidentView): string {
  const processes = (view.resource.config as { readonly processes?: unknown } | null)?.processes;
  return Array.isArray(processes) && typeof processes[0] === 'string' ? processes[0] : view.resource.name;
}
