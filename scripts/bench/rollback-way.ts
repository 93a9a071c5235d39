import type { Mode } from './rollback-app.js';

/** One way of taking an app back to the release before. */
export interface RollbackWay {
  readonly mode: Mode;
  readonly name: string;
  readonly ours: boolean;
  readonly url: string;
  /** A release goes live the way it does there; resolves when whoever watches has seen it. */
  deploy(commit: string): Promise<void>;
  /** Everything up to the yes. */
  ready(): Promise<void>;
  /**
   * The yes, as one command that somebody types. Resolves when the command has ended well, with the wall clock at which
   * the yes stood in the store: a press in a chat begins there. Null: it is no row anywhere.
   */
  back(): Promise<number | null>;
}
