import { Fragment, h, type ComponentChild, type ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { LEVEL_WORD, sayTime } from './say.js';
import { Charts } from './views/charts.js';
import { Launches } from './views/launches.js';
import { Overview } from './views/overview.js';
import { Repairs } from './views/repairs.js';
import type { ViewProps } from './view.js';
import { Statistics } from './views/statistics.js';

/** What can be looked at? One line for each; the first is shown where the address names none. */
const VIEWS: readonly { readonly name: string; readonly title: string; readonly view: ComponentType<ViewProps> }[] = [
  { name: 'overview', title: 'Overview', view: Overview },
  { name: 'launches', title: 'Launches', view: Launches },
  { name: 'repairs', title: 'Repairs', view: Repairs },
  { name: 'charts', title: 'Charts', view: Charts },
  { name: 'statistics', title: 'Statistics', view: Statistics },
];

const named = (): string => location.hash.slice(1);

/** The live page: navigation, one view, and a word of whether it is live. */
export function Dashboard({ board, ask, live }: ViewProps & { readonly live: boolean }): ComponentChild {
  const [name, go] = useState(named);
  const main = useRef<HTMLElement>(null);
  const shown = VIEWS.find((one) => one.name === name) ?? VIEWS[0];
  useEffect(() => {
    const follow = (): void => {
      // The link that skips the navigation leads into the view that is shown.
      if (named() === 'main') return main.current?.focus();
      go(named());
      main.current?.focus();
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  useEffect(() => {
    document.title = `${shown?.title}: ${board.host} · hypercare`;
  }, [shown, board.host]);
  return h(Fragment, {}, [
    h('nav', { 'aria-label': 'Views' }, h('ul', {}, VIEWS.map((one) => h('li', {}, h('a', { href: `#${one.name}`, 'aria-current': one === shown ? 'page' : undefined }, one.title))))),
    h('main', { id: 'main', tabIndex: -1, ref: main }, [
      h('h1', { role: 'status' }, [h('span', { class: `level ${board.status.level}` }, LEVEL_WORD[board.status.level]), ` ${board.status.title}`]),
      h('p', { class: 'soft' }, `${live ? 'Live' : 'Not connected: it is tried again'} · as of ${sayTime(board.at, board.at)}`),
      shown && h(shown.view, { board, ask }),
    ]),
  ]);
}
