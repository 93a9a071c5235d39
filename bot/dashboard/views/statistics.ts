import { Fragment, h, type ComponentChild } from 'preact';
import { sayDuration } from '../../../src/domain/duration.js';
import { shareOf, type HealingFigures, type Share } from '../../../src/domain/healing-figures.js';
import type { ViewProps } from '../view.js';
import { Table } from '../table.js';

const WINDOWS = ['24h', '7d', '30d'] as const;
const time = (ms: number | null): string => (ms === null ? '–' : sayDuration(ms));
const percent = (share: Share): string => (shareOf(share) === null ? '–' : `${Math.round((shareOf(share) ?? 0) * 100)} % of ${share.of}`);

/** What each line is, and where it stands in the figures. */
const LINES: readonly (readonly [string, (figures: HealingFigures) => string | number])[] = [
  ['Incidents found', ({ detected }) => detected],
  ['Over', ({ resolved }) => resolved],
  ['Over after a repair that was proved', ({ repaired }) => repaired],
  ['Repairs run', ({ runs }) => runs.total],
  ['Proved to help', ({ runs }) => percent({ n: runs.verified, of: runs.total })],
  ['The first one helped', ({ firstAttempt }) => percent(firstAttempt)],
  ['A later one helped', ({ fallback }) => percent(fallback)],
  ['Time to find, on average', ({ toDetect }) => time(toDetect.meanMs)],
  ['Time until well again, on average', ({ toRepair }) => time(toRepair.meanMs)],
  ['Time of a repair, on average', ({ run }) => time(run.meanMs)],
];

export function Statistics({ board: { statistics } }: ViewProps): ComponentChild {
  const { detected, runs, toRepair, firstAttempt } = statistics['30d'];
  const figures = [['incidents found in 30 days', detected], ['repairs run', runs.total], ['helped at first', percent(firstAttempt)], ['until well again, on average', time(toRepair.meanMs)]] as const;
  return h(Fragment, {}, [
    h('h2', {}, 'Statistics'),
    h('div', { class: 'figures' }, figures.map(([name, value]) => h('div', {}, [h('strong', {}, value), h('p', { class: 'soft' }, name)]))),
    h('h2', {}, 'Over time'),
    h(Table, { about: 'Statistics', heads: ['', ...WINDOWS], rows: LINES.map(([name, of]) => [name, ...WINDOWS.map((over) => of(statistics[over]))]) }),
  ]);
}
