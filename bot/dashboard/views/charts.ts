import { Fragment, h, type ComponentChild } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Series } from '../../../src/cards/series.js';
import { Choice } from '../choice.js';
import { Plot } from '../plot.js';
import { sayTime } from '../say.js';
import { Strip } from '../strip.js';
import { Table } from '../table.js';
import type { ViewProps } from '../view.js';

const HOURS = [['6', '6 hours'], ['24', '24 hours'], ['168', '7 days'], ['720', '30 days']] as const;
/** A table of every point would be read by nobody. */
const MOST_ROWS = 60;

type Seen = { readonly is: 'waiting' } | { readonly is: 'there'; readonly series: Series } | { readonly is: 'failed'; readonly why: string };

/** What one check measured, with what is usual as a band, and the same as a table. */
export function Charts({ board, ask }: ViewProps): ComponentChild {
  const checks = board.apps.flatMap(({ app, checks: all }) => all.map(({ name, label }) => ({ key: `${app} ${name}`, app, name, title: `${app}: ${label}` })));
  const [key, choose] = useState(checks[0]?.key ?? '');
  const [hours, reach] = useState('24');
  const [seen, see] = useState<Seen>({ is: 'waiting' });
  const chosen = checks.find((one) => one.key === key) ?? checks[0];
  useEffect(() => {
    let left = false;
    if (chosen) void ask.series(chosen.app, chosen.name, Number(hours)).then((series): Seen => ({ is: 'there', series }), (error: Error): Seen => ({ is: 'failed', why: error.message })).then((now) => left || see(now));
    return () => void (left = true);
  }, [chosen?.key, hours, board.at]);
  return h(Fragment, {}, [
    h('h2', {}, 'Charts'),
    h('div', { class: 'filters' }, [
      h(Choice, { label: 'Check', value: chosen?.key ?? '', options: checks.map((one) => [one.key, one.title] as const), choose }),
      h(Choice, { label: 'Over', value: hours, options: HOURS, choose: reach }),
    ]),
    seen.is === 'failed' && h('p', { role: 'status' }, `It cannot be shown: ${seen.why}`),
    seen.is === 'there' && h(Shown, { series: seen.series }),
    checks.length === 0 && h('p', { class: 'soft' }, 'Nothing is measured yet.'),
  ]);
}

function Shown({ series }: { readonly series: Series }): ComponentChild {
  const { points, usual } = series;
  const timed = points.filter(({ meanMs }) => meanMs !== null);
  const bad = points.filter(({ verdict }) => verdict !== 'good').length;
  const ms = (value: number | null): string => (value === null ? '–' : `${Math.round(value)} ms`);
  return h(Fragment, {}, [
    h('p', {}, [
      points.length === 0 ? 'Nothing was measured in this time.' : `${points.length} points; ${bad === 0 ? 'all good' : `${bad} of them not good`}. One bar for each, oldest first.`,
      usual !== null && ` Usual (release ${usual.release}): ${ms(usual.medianMs)}, mostly below ${ms(usual.p95Ms)}.`,
    ]),
    h(Strip, { points }),
    timed.length > 1 && h(Plot, { series }),
    points.length > 0 && h('details', {}, [
      h('summary', {}, 'As a table'),
      h(Table, { about: 'Readings', heads: ['When', 'Verdict', 'Readings', 'Not good', 'On average', 'At most'], rows: points.slice(-MOST_ROWS).toReversed().map((point) => [sayTime(point.at, series.to), point.verdict, point.readings, point.notGood, ms(point.meanMs), ms(point.maxMs)]) }),
    ]),
  ]);
}
