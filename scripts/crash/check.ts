import { checkCards } from './check-cards.js';
import { checkHands } from './check-hands.js';
import { actsOfOthers, checkStore, workersOf } from './check-store.js';
import { lookInto } from './look.js';
import type { Finished } from './finished.js';

export interface Checked {
  /** In words; nothing was lost and nothing was repeated where the list is empty. */
  readonly wrong: readonly string[];
  /**
   * Exits of workers at the deploy that nobody heard: PM2's bus tells each once, and not to a monitor that is dead at
   * that moment. A known limit, counted and not held against a run.
   */
  readonly unheard: number;
}

export async function check(run: Finished): Promise<Checked> {
  const { stuck } = run.witnessed;
  const checked = await lookInto(run.dir, async (look) => ({
    wrong: [...(await checkStore(look, run)), ...(await checkHands(look, run)), ...(await checkCards(look, run.dir))],
    unheard: run.ending.crashes ? 0 : workersOf(run).length - (await actsOfOthers(look)).length,
  }));
  return { unheard: checked?.unheard ?? 0, wrong: [...(stuck === null ? [] : [stuck]), ...(checked?.wrong ?? ['there is no store to look into'])] };
}
