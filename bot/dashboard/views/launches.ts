import { Fragment, h, type ComponentChild } from 'preact';
import type { BoardApp, BoardLaunch } from '../../../src/cards/board.js';
import { sayDuration } from '../../../src/domain/duration.js';
import type { ViewProps } from '../view.js';
import { saySeverity, saySince, sayTime } from '../say.js';
import { Table } from '../table.js';

/** Each app's newest launch as a line of time, with what fell into it, and the releases before it. */
export function Launches({ board: { apps, at } }: ViewProps): ComponentChild {
  return h(Fragment, {}, apps.map((app) => h('section', { key: app.app, 'aria-label': app.app }, [
    h('h2', {}, `${app.app}${app.release === null ? '' : `: release ${app.release}`}`),
    app.launch === null ? h('p', { class: 'soft' }, 'No release of it has been seen yet.') : h(Launch, { launch: app.launch, now: at }),
    h(Story, { app, now: at }),
  ])));
}

function Launch({ launch, now }: { readonly launch: BoardLaunch; readonly now: string }): ComponentChild {
  return h(Fragment, {}, [
    h('p', {}, [
      `${launch.state.replace('_', ' ')}, live for ${saySince(launch.startedAt, launch.endedAt ?? now)}`,
      launch.tier !== null && `; tier ${launch.tier} of ${launch.tiers.length}, watched until ${sayTime(launch.endsAt, now)}`,
      launch.nextTickAt !== null && `; next full check ${sayTime(launch.nextTickAt, now)}`,
      launch.hotUntil !== null && `; hot until ${sayTime(launch.hotUntil, now)}`, '.',
    ]),
    h(Line, { launch, now }),
    h('p', { class: 'soft' }, `Tiers: ${launch.tiers.map(({ from, to, everyMs }) => `until hour ${hours(launch.startedAt, to)} every ${sayDuration(everyMs)}${from > now ? ' (to come)' : ''}`).join(', ')}.`),
  ]);
}

const hours = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 3_600_000);
const WIDE = 1_000;

/** Tiers as wide as they are long, what is past shaded, now, the next check, and incidents below. The table says the same. */
function Line({ launch, now }: { readonly launch: BoardLaunch; readonly now: string }): ComponentChild {
  const [begin, end] = [Date.parse(launch.startedAt), Date.parse(launch.endsAt)];
  const x = (at: string): number => Math.max(0, Math.min(WIDE, ((Date.parse(at) - begin) / (end - begin)) * WIDE));
  const mark = (at: string, name: string) => h('line', { class: name, x1: x(at), x2: x(at), y1: 0, y2: 60 });
  return h('svg', { class: 'timeline', viewBox: `0 0 ${WIDE} 80`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, [
    launch.tiers.map(({ from, to }) => h('rect', { class: 'tier', x: x(from), y: 10, width: x(to) - x(from), height: 28 })),
    h('rect', { class: 'past', x: 0, y: 10, width: x(launch.endedAt ?? now), height: 28 }),
    launch.incidents.map((one) => h('rect', { class: one.severity, x: x(one.began), y: 44, width: Math.max(4, x(one.endedAt ?? now) - x(one.began)), height: 12 })),
    launch.endedAt === null && mark(now, 'now'),
    launch.nextTickAt !== null && mark(launch.nextTickAt, 'next'),
  ]);
}

function Story({ app: { launch, earlier }, now }: { readonly app: BoardApp; readonly now: string }): ComponentChild {
  const incidents = (launch?.incidents ?? []).map((one) => [one.began, [sayTime(one.began, now), `${saySeverity(one)}: ${one.title}`, one.endedAt === null ? 'open' : `over after ${saySince(one.began, one.endedAt)}`]] as const);
  const releases = [...(launch === null ? [] : [launch]), ...earlier].map(({ startedAt, endedAt, release, state }) => [startedAt, [sayTime(startedAt, now), `Release ${release} went live`, `${state.replace('_', ' ')}${endedAt === null ? '' : ` since ${sayTime(endedAt, now)}`}`]] as const);
  return h(Table, { about: 'Releases and incidents', heads: ['When', 'What', 'And then'], rows: [...incidents, ...releases].toSorted(([a], [b]) => b.localeCompare(a)).map(([, row]) => row) });
}
