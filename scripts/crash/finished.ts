import type { Ending } from './ending.js';
import type { Place } from './place.js';
import type { Witnessed } from './story.js';

/** A run that came to its end, to be looked into. */
export interface Finished {
  readonly dir: string;
  readonly place: Place;
  readonly witnessed: Witnessed;
  /** Name of the directory that holds the good release. */
  readonly good: string;
  readonly ending: Ending;
}
