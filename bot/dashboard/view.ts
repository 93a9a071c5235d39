import type { Board } from '../../src/cards/board.js';
import type { Ask } from './ask.js';

/** What every view is given. */
export interface ViewProps {
  readonly board: Board;
  readonly ask: Ask;
}
