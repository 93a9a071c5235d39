import { Fragment, h, type ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import type { BoardRun } from '../../../src/cards/board.js';
import { Choice } from '../choice.js';
import type { ViewProps } from '../view.js';
import { EVERYTHING, keptRuns, WITHIN, type RunFilter } from '../kept-runs.js';
import { saySince, sayTime } from '../say.js';

const SAYS: Readonly<Record<BoardRun['state'], string>> = { running: 'under way', undoing: 'being undone', settling: 'done, to be proved', verified: 'proved to help', failed: 'did not help', unclear: 'unclear' };

/** Every repair that was run, the newest first, by what came of it, where and when. */
export function Repairs({ board: { runs, at } }: ViewProps): ComponentChild {
  const [filter, set] = useState<RunFilter>(EVERYTHING);
  const kept = keptRuns(runs, filter, Date.parse(at));
  const choose = (change: Partial<RunFilter>): void => set({ ...filter, ...change });
  return h(Fragment, {}, [
    h('h2', {}, 'Repairs'),
    h('div', { class: 'filters' }, [
      h(Choice, { label: 'What came of it', value: filter.state, options: [['', 'all'], ...Object.entries(SAYS)], choose: (state) => choose({ state }) }),
      h(Choice, { label: 'Where', value: filter.at, options: [['', 'everywhere'], ...[...new Set(runs.map((run) => run.at))].map((name) => [name, name] as const)], choose: (where) => choose({ at: where }) }),
      h(Choice, { label: 'When', value: filter.within, options: Object.keys(WITHIN).map((name) => [name, name] as const), choose: (within) => choose({ within }) }),
    ]),
    h('p', { role: 'status', class: 'soft' }, runs.length === 0 ? 'Nothing was repaired yet.' : `${kept.length} of ${runs.length}`),
    kept.map((run) => h(Run, { key: run.id, run, now: at })),
  ]);
}

function Run({ run, now }: { readonly run: BoardRun; readonly now: string }): ComponentChild {
  const level = { verified: 'good', failed: 'critical', unclear: 'warning', running: 'info', undoing: 'warning', settling: 'info' }[run.state];
  return h('details', {}, [
    h('summary', {}, [`${sayTime(run.startedAt, now)} `, h('strong', {}, run.repair), ` on ${run.at}: `, h('span', { class: `level ${level}` }, SAYS[run.state])]),
    h('dl', {}, [
      h('dt', {}, 'Took'), h('dd', {}, run.endedAt === null ? `so far ${saySince(run.startedAt, now)}` : saySince(run.startedAt, run.endedAt)),
      h('dt', {}, 'Asked for'), h('dd', {}, run.byHand ? 'by a person' : 'by its policy'),
      run.outcome !== null && [h('dt', {}, 'Outcome'), h('dd', {}, run.outcome)],
      run.error !== null && [h('dt', {}, 'Error'), h('dd', {}, run.error)],
      run.undone && [h('dt', {}, 'Undone'), h('dd', {}, 'its steps were taken back')],
    ]),
  ]);
}
