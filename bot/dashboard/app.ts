import { h, render } from 'preact';
import { createAsk } from './ask.js';
import { Dashboard } from './dashboard.js';
import { followBoard } from './follow-board.js';

/** Takes the place of the page's main part once it has a board; without one the page stays as it was served. */
const page = document.querySelector<HTMLMetaElement>('meta[name="hypercare-page"]')?.content ?? '';
const main = document.querySelector('main');
const root = document.createElement('div');
const asked = createAsk(page);
// What was pressed has changed something, most likely.
const ask = { ...asked, press: (token: string) => asked.press(token).finally(() => look()) };

const look = followBoard(ask, (seen) => {
  if (seen.board === null) return;
  main?.replaceWith(root);
  render(h(Dashboard, { ask, board: seen.board, live: seen.live }), root);
});
