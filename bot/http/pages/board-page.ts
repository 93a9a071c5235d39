import { html } from 'hono/html';
import type { Board, BoardApp, BoardIncident } from '../../../src/cards/board.js';
import { drawToken } from '../../../src/cards/token.js';
import { sayDuration } from '../../../src/domain/duration.js';
import { shareOf, type HealingFigures, type Share } from '../../../src/domain/healing-figures.js';
import { bandOf } from '../../../src/domain/health-score.js';
import { PARTS } from '../../../src/domain/health-part.js';
import type { Person } from '../../../src/domain/person.js';
import { cardPart, pressForm } from './card-part.js';
import { layout, type Html } from './layout.js';
import { levelWord, moment, severityWord } from './words.js';

const MOST_RUNS = 20;
const WINDOWS = ['24h', '7d', '30d'] as const;

interface Shown {
  readonly person: Pick<Person, 'name' | 'role'>;
  readonly page: string | null;
  readonly script: string | null;
}

/** The whole board as headings and tables. A program that makes it live puts its own views in the place of `main`. */
export function boardPage(board: Board, { person, page, script }: Shown): Html {
  return layout({ title: `${board.host} · hypercare`, page, script, body: html`<header>
<p class="brand">hypercare <span>${board.host}</span></p>
<form method="post" action="/dashboard/out"><span>${person.name} (${person.role})</span><input type="hidden" name="page" value="${page ?? ''}"><button class="plain">Sign out</button></form>
</header>
<main id="main" tabindex="-1">
<h1>${levelWord(board.status)}: ${board.status.title}</h1>
<p>As of ${moment(board.at)} UTC. <a href="/dashboard">Look again</a></p>
${board.status.body.map((paragraph) => html`<p class="lines">${paragraph}</p>`)}
${board.questions.length === 0 ? '' : html`<h2>Questions</h2>${board.questions.map(({ card }) => cardPart(card, page))}`}
<h2>Open incidents</h2>
${incidentTable(board.incidents, { now: Date.parse(board.at), page })}
<h2>Health</h2>
${healthTable(board)}
<h2>Launches</h2>
${table(['App', 'State', 'Release', 'Launch', 'Live since', 'Watched until', 'Tier', 'Next full check'], board.apps.map(launchRow))}
<h2>Releases and incidents</h2>
${table(['When', 'App', 'What', 'Until'], board.apps.flatMap(storyRows).toSorted((a, b) => b[0].localeCompare(a[0])).map(([at, app, what, until]) => [moment(at), app, what, until]))}
<h2>Repairs</h2>
${table(['When', 'Repair', 'Where', 'How it went', 'What came of it'], board.runs.slice(0, MOST_RUNS).map((run) => [moment(run.startedAt), run.repair, run.at, run.state, run.error ?? run.outcome ?? '']))}
<h2>Statistics</h2>
${table(['', ...WINDOWS], statisticRows(board.statistics))}
</main>` });
}

type Cell = string | number | Html;

function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): Html {
  if (rows.length === 0) return html`<p>None.</p>`;
  return html`<div class="wide" tabindex="0" role="region" aria-label="Table"><table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>`;
}

function incidentTable(incidents: readonly BoardIncident[], { now, page }: { readonly now: number; readonly page: string | null }): Html {
  const details = (id: string): Cell => (page === null ? '–' : pressForm({ button: { token: drawToken({ asks: 'details', id }), style: 'plain' }, label: 'Details', page, confirmed: false }));
  return table(['Severity', 'Where', 'What', 'For', 'What is being done', 'All of it'], incidents.map((one) => [severityWord(one), one.at, one.title, sayDuration(now - Date.parse(one.began)), one.doing, details(one.id)]));
}

function healthTable({ score }: Board): Html {
  const band = (points: number | null, of = 1): string => (points === null ? (of === 0 ? 'not watched' : 'not known') : bandOf(points));
  const rows = [['Overall', score.score ?? '–', band(score.score)], ...PARTS.map((part) => [part, score.parts[part].score ?? '–', band(score.parts[part].score, score.parts[part].of)])];
  const taken = score.deductions.map(({ points, at, why }) => html`<li>−${points} ${at}: ${why}</li>`);
  return html`${table(['Part', 'Of 100', 'In a word'], rows)}
${taken.length === 0 ? '' : html`<p>What takes the most points:</p><ul>${taken}</ul>`}
<p>Confidence: ${score.confidence}${score.doubts.length === 0 ? '' : ` (${score.doubts.join('; ')})`}.</p>`;
}

function launchRow({ app, verdict, why, release, releaseVerdict, launch }: BoardApp): readonly Cell[] {
  return [
    app, `${verdict}: ${why}`, release === null ? '–' : `${release} (${releaseVerdict})`, launch?.state.replace('_', ' ') ?? '–', moment(launch?.startedAt ?? null), moment(launch?.endsAt ?? null),
    launch?.tier == null ? '–' : `${launch.tier} of ${launch.tiers.length}`, moment(launch?.nextTickAt ?? null),
  ];
}

/** When, app, what, until: what went live, and what was wrong with the newest of it. */
function storyRows({ app, launch, earlier }: BoardApp): readonly (readonly [string, string, string, string])[] {
  const releases = [...(launch === null ? [] : [launch]), ...earlier].map(({ startedAt, release, state, endedAt }) => [startedAt, app, `release ${release}: ${state.replace('_', ' ')}`, moment(endedAt)] as const);
  return [...releases, ...(launch?.incidents ?? []).map((one) => [one.began, app, `${severityWord(one)}: ${one.title}`, one.endedAt === null ? 'open' : moment(one.endedAt)] as const)];
}

const percent = (share: Share): string => {
  const part = shareOf(share);
  return part === null ? '–' : `${Math.round(part * 100)} % of ${share.of}`;
};
const time = (ms: number | null): string => (ms === null ? '–' : sayDuration(ms));

function statisticRows(statistics: Board['statistics']): readonly (readonly Cell[])[] {
  const row = (name: string, of: (figures: HealingFigures) => Cell): readonly Cell[] => [name, ...WINDOWS.map((over) => of(statistics[over]))];
  return [
    row('Incidents found', ({ detected }) => detected), row('Over', ({ resolved }) => resolved), row('Over after a repair that was proved', ({ repaired }) => repaired),
    row('Repairs run', ({ runs }) => runs.total), row('The first one helped', ({ firstAttempt }) => percent(firstAttempt)), row('A later one helped', ({ fallback }) => percent(fallback)),
    row('Time to find, on average', ({ toDetect }) => time(toDetect.meanMs)), row('Time until well again, on average', ({ toRepair }) => time(toRepair.meanMs)),
  ];
}
