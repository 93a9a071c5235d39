import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const STORIES = ['rollback', 'way-back'] as const;
/** rollback: a yes, and the good release is live again · way-back: the good release does not start any more, so the rollback goes back. */
export type StoryName = (typeof STORIES)[number];

type Side = 'good' | 'bad';

/** How everything has to stand when a story is over. */
export interface Ending {
  readonly incident: 'resolved' | 'escalated';
  readonly rollback: 'verified' | 'failed';
  readonly launches: string;
  readonly badRelease: { readonly verdict: 'bad' | 'watching'; readonly quarantined: boolean };
  /** Where the link led, one after the other. */
  readonly link: readonly Side[];
  readonly shop: { readonly version: string; readonly checkout: number };
  /** Nobody but the deploy and us starts a worker anew; otherwise PM2 does too, after each crash. */
  readonly crashes: boolean;
}

/** The versions the shop's releases give themselves. */
export const GOOD_VERSION = '2.0.0';
const BAD_VERSION = '3.0.0';

export const ENDINGS: Readonly<Record<StoryName, Ending>> = {
  rollback: {
    incident: 'resolved', rollback: 'verified', launches: 'good superseded, bad rolled_back, good watching', badRelease: { verdict: 'bad', quarantined: true },
    link: ['good', 'bad', 'good'], shop: { version: GOOD_VERSION, checkout: 200 }, crashes: false,
  },
  'way-back': {
    incident: 'escalated', rollback: 'failed', launches: 'good superseded, bad watching', badRelease: { verdict: 'watching', quarantined: false },
    link: ['good', 'bad', 'good', 'bad'], shop: { version: BAD_VERSION, checkout: 500 }, crashes: true,
  },
};

/** Spoils the good release's first file where the story wants it; its workers hold theirs in memory. Returns how to mend it. */
export async function spoil(story: StoryName, goodDir: string): Promise<() => Promise<void>> {
  if (story === 'rollback') return async () => undefined;
  const file = join(goodDir, 'server.js');
  const text = await readFile(file, 'utf8');
  await writeFile(file, 'process.exit(1);\n');
  return () => writeFile(file, text);
}
