import { botSilentSince, isWatched, type AppStatus, type Watch } from '../domain/app-status.js';
import type { Verdict } from '../domain/check.js';
import { sayDuration } from '../domain/duration.js';
import { worse, type Severity } from '../domain/finding.js';
import { loudness } from '../domain/incident.js';
import { releaseName } from '../domain/release.js';
import type { ResourceStatus } from '../domain/resource-status.js';
import type { Card } from './card.js';
import { cutText } from './clean.js';
import { sayDebt } from './debt-words.js';
import type { ChannelState } from '../domain/channel-state.js';
import { holdLine, type HoldShown } from './hold-card.js';
import { reachLines } from './reach-lines.js';
import { incidentLine } from './incident-line.js';
import { badResources, resourceLines } from './resource-lines.js';
import { sayAgo, sayClock, sayIn, sayMoment, type Reader } from './say-time.js';

const TITLE_CHARS = 100;
const WORD: Readonly<Record<Verdict, string>> = { good: 'good', bad: 'bad', unknown: 'not known', error: 'could not be measured' };
const ORDER: readonly Verdict[] = ['bad', 'error', 'unknown', 'good'];

/** What is shown beside the apps. */
export interface StatusAround extends Watch {
  readonly holds?: readonly HoldShown[];
  readonly channels?: readonly ChannelState[];
  readonly resources?: readonly ResourceStatus[];
}

/** How the apps are, the worst first, and what is watched beside them; before all that what makes it old news: no monitor, or no PM2. */
export function statusCard(apps: readonly AppStatus[], watch: StatusAround, reader: Reader): Card {
  const resources = watch.resources ?? [];
  const sorted = apps.toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  const blind = blindness(apps, watch, reader);
  const around = [...drawStore(watch, reader), ...drawBot(watch, reader), ...reachLines(watch.channels ?? [], reader), ...(watch.holds ?? []).map((hold) => holdLine(hold, reader))];
  // The title is the first line of the only app then; where something stands between it and the rest, it is said again.
  const alone = !blind && sorted.length === 1 && around.length === 0 && badResources(resources).length === 0;
  return {
    subject: 'status',
    level: blind ? blind.level : levelOf(apps, resources),
    title: cutText(blind ? blind.title : titleOf(sorted, resources), TITLE_CHARS),
    body: [...(blind ? [blind.body] : []), ...around, ...sorted.map((status) => drawApp(status, alone, reader)), ...resourceLines(resources, reader)],
    fields: [],
    buttons: [],
    footer: null,
  };
}

/** Also where no monitor seems to run: it may be that it cannot write down that it does. */
function drawStore({ storeFullAt }: Watch, reader: Reader): readonly string[] {
  return storeFullAt === null ? [] : [`The disk of hypercare’s store has been full since ${sayAgo(storeFullAt, reader)}: soon nothing can be kept or done. Make room on the host: df -h, then pm2 flush or old files.`];
}

/** Where no monitor runs either, that is said first, and says enough. */
function drawBot(watch: Watch, reader: Reader): readonly string[] {
  const since = isWatched(watch, reader.now) ? botSilentSince(watch, reader.now) : null;
  return since === null ? [] : [`The bot has given no sign of life since ${sayAgo(since, reader)}: nobody is told or asked. Look at it: pm2 logs hypercare-bot.`];
}

function levelOf(apps: readonly AppStatus[], resources: readonly ResourceStatus[]): Card['level'] {
  const all = [...apps, ...resources.filter(({ verdict }) => verdict === 'bad')];
  if (apps.length > 0 && all.every(({ verdict }) => verdict === 'good')) return 'good';
  const bad = all.filter(({ verdict }) => verdict === 'bad').flatMap(({ incidents }) => incidents.map(loudness));
  return bad.reduce<Severity>(worse, 'warning');
}

/** Apps first: they are what people came for. */
function titleOf(sorted: readonly AppStatus[], resources: readonly ResourceStatus[]): string {
  return [sayApps(sorted), ...badResources(resources)].join('; ');
}

function sayApps(sorted: readonly AppStatus[]): string {
  const [first, ...others] = sorted;
  if (!first) return 'no app is watched';
  if (others.length === 0) return `${first.app.name}: ${WORD[first.verdict]} (${first.why})`;
  if (first.verdict === 'good') return `all ${sorted.length} apps are good`;
  return ORDER.map((verdict) => ({ verdict, names: sorted.filter((status) => status.verdict === verdict).map(({ app }) => app.name) }))
    .filter(({ names }) => names.length > 0)
    .map(({ verdict, names }) => (verdict === 'good' ? `${names.length} good` : `${names.join(', ')} ${WORD[verdict]}`)).join('; ');
}

/** Where there is one app, the title has said its name and how it is. */
function drawApp(status: AppStatus, alone: boolean, reader: Reader): string {
  const head = `${status.app.name}: ${WORD[status.verdict]} (${status.why})`;
  return [...(alone && head.length <= TITLE_CHARS ? [] : [head]), ...drawSettling(status, reader), ...drawLaunch(status, reader), ...drawUntold(status, reader), ...drawRehearsal(status, reader), ...drawDebt(status), ...drawIncidents(status, reader)].join('\n');
}

/** What runs may have to be sorted out by a person: a tree that was pulled, or workers of two releases. */
function drawUntold({ checks, why }: AppStatus, reader: Reader): readonly string[] {
  const untold = checks.find(({ check, newest }) => check.probe === 'release' && (newest?.verdict === 'unknown' || newest?.verdict === 'error') && newest.note !== null)?.newest;
  return untold && untold.note !== why ? [`What runs cannot be told (${sayAgo(untold.at, reader)}): ${untold.note}.`] : [];
}

/** A slow boot is no fault: so long nothing counts. */
function drawSettling({ launch, checks }: AppStatus, reader: Reader): readonly string[] {
  if (!launch?.settlesUntil) return [];
  const bad = checks.some(({ check, newest }) => check.trusted && newest?.verdict === 'bad' && newest.at >= launch.startedAt);
  return [`Settling until ${sayMoment(launch.settlesUntil, reader)}${bad ? '; its first readings are bad, and count from then on' : ''}.`];
}

function drawLaunch({ release, launch }: AppStatus, reader: Reader): readonly string[] {
  if (!release || !launch) return ['No release of it has been seen yet.'];
  const running = `${release.commit === null ? 'As it stands in' : 'Release'} ${releaseName(release)} (${release.verdict}), live for ${sayDuration(reader.now - launch.startedAt)}`;
  if (launch.tier === null) return [`${running}; its watch has ended (${launch.state.replace('_', ' ')}).`];
  const next = launch.nextTickAt === null ? '' : `, next full check ${sayClock(launch.nextTickAt, reader)}`;
  return [`${running}; watched until ${sayClock(launch.endsAt, reader)}, tier ${launch.tier} of ${launch.tiers}${next}.`];
}

/** Whether the way back was open when somebody last tried, and how long it would take. */
function drawRehearsal({ rehearsal }: AppStatus, reader: Reader): readonly string[] {
  if (!rehearsal) return [];
  const tried = `way back to ${releaseName(rehearsal.to)} was ${rehearsal.inEarnest ? 'taken' : 'rehearsed'} ${sayAgo(rehearsal.at, reader)}`;
  if (!rehearsal.worked) return [`The ${tried}, and ${rehearsal.inEarnest ? 'broke off' : 'is not open'}: ${rehearsal.outcome}.`];
  return [`The ${tried}, and is open${rehearsal.takesMs === null ? '' : `; the last switch took ${sayDuration(rehearsal.takesMs)}`}.`];
}

/** Good, but only because it is repaired again and again. */
function drawDebt({ debt }: AppStatus): readonly string[] {
  return debt.points === 0 ? [] : [`Healing debt ${debt.points} in 7 days: ${sayDebt(debt)}.`];
}

/** What it waits for is said once: an open question says it better. */
function drawIncidents({ app, incidents, waits, question }: AppStatus, reader: Reader): readonly string[] {
  const lines = incidents.flatMap((incident) => {
    const waitsFor = question ? undefined : waits[incident.id];
    return [`${incidentLine(incident, reader)}: ${incident.title}`, ...(waitsFor === undefined ? [] : [`Now: ${waitsFor}. All of it: why ${app.name}`])];
  });
  return question ? [...lines, `A question waits for an answer (approve ${app.name}, deny ${app.name}); expires ${sayIn(question.expiresAt, reader)}.`] : lines;
}

/** Why nothing below can be taken for how it is now; null: it can. */
export function blindness(apps: readonly AppStatus[], watch: Watch, reader: Reader): { readonly level: Card['level']; readonly title: string; readonly body: string } | null {
  const lost = watch.pm2LostAt === null ? null : `PM2’s daemon has not answered since ${sayAgo(watch.pm2LostAt, reader)}`;
  if (!isWatched(watch, reader.now)) {
    const seen = watch.monitorSeenAt === null ? [] : [`It was last seen ${sayAgo(watch.monitorSeenAt, reader)}.`];
    // A monitor that runs cannot write its sign of life then.
    if (watch.storeFullAt !== null) return { level: 'critical', title: `the store’s disk is full: ${measuredAt(apps, reader)}`, body: [...seen, 'Nothing new can be kept, and nothing is repaired until there is room.'].join('\n') };
    return { level: 'warning', title: `no monitor runs: ${measuredAt(apps, reader)}`, body: [...seen, 'Nothing is measured or repaired until it does: npm start.', ...(lost === null ? [] : [`${lost}.`])].join('\n') };
  }
  if (lost === null || watch.pm2LostAt === null) return null;
  const then = `What follows is what was known by ${sayClock(watch.pm2LostAt, reader)}, and what could still be measured since.`;
  return { level: 'critical', title: lost, body: `Its apps are down, or run unwatched. Nothing is repaired until it is back.\nOn the host: pm2 resurrect brings back what the last pm2 save kept (or: repair pm2.resurrect host); where nothing was saved, pm2 start with their own files.\n${then}` };
}

function measuredAt(apps: readonly AppStatus[], reader: Reader): string {
  const newest = Math.max(...apps.flatMap(({ checks }) => checks.flatMap((one) => one.newest?.at ?? [])));
  return Number.isFinite(newest) ? `this is how it was at ${sayClock(newest, reader)}` : 'nothing has been measured yet';
}
