import { checkCards } from './check-cards.js';
import { checkHands } from './check-hands.js';
import { checkStore } from './check-store.js';
import { lookInto } from './look.js';
import type { Place } from './place.js';
import type { Witnessed } from './story.js';

export interface Finished {
  readonly dir: string;
  readonly place: Place;
  readonly witnessed: Witnessed;
  /** What the shop calls its good release, and the directory that holds it. */
  readonly good: { readonly version: string; readonly dir: string };
}

/** What is wrong after a run, in words; nothing was lost and nothing was repeated where the list is empty. */
export async function check(run: Finished): Promise<readonly string[]> {
  const { stuck } = run.witnessed;
  const wrong = await lookInto(run.dir, async (look) => [...(await checkStore(look, run)), ...(await checkHands(look, run)), ...(await checkCards(look, run.dir))]);
  return [...(stuck === null ? [] : [stuck]), ...(wrong ?? ['there is no store to look into'])];
}
