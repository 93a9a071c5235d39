import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemClock } from '../../src/io/clock.js';
import { liveDir } from '../shop/layout.js';
import { check, type Checked } from './check.js';
import type { Draw } from './draw.js';
import { ENDINGS, GOOD_VERSION, spoil, type StoryName } from './ending.js';
import { writeFates } from './fate.js';
import { sayPoint, type KillPoint } from './kill-point.js';
import { bringBack, type Place } from './place.js';
import { live } from './story.js';
import { readTrace } from './trace.js';

export interface Ran extends Checked {
  readonly n: number;
  readonly dir: string;
  readonly ms: number;
  readonly points: readonly KillPoint[];
  readonly thinkMs: number;
  /** Points at which it really died; the story may have gone another way round the others. */
  readonly died: readonly KillPoint[];
}

/** One story with its deaths, in a directory and a store of its own, and what was wrong after it. */
export async function runOnce(place: Place, n: number, { story, points, thinkMs }: Draw & { readonly story: StoryName }): Promise<Ran> {
  await bringBack(place.shop, GOOD_VERSION);
  const dir = join(place.dir, `run-${n}`);
  await mkdir(dir, { mode: 0o700 });
  writeFates(dir, points);
  const goodDir = (await liveDir(place.shop.places)) ?? '';
  const [good, ending] = [basename(goodDir), ENDINGS[story]];
  const mend = await spoil(story, goodDir);
  const began = systemClock.monotonic();
  const witnessed = await live(place, dir, { good, ending, points, thinkMs }).finally(mend);
  const ms = systemClock.monotonic() - began;
  const checked = await check({ dir, place, witnessed, good, ending });
  const deaths = new Set((['monitor', 'bot'] as const).flatMap((who) => readTrace(dir, who)).filter(({ line }) => line === 'killed').map(({ what }) => what));
  return { n, dir, ms, points, thinkMs, ...checked, died: points.filter((point) => deaths.has(sayPoint(point))) };
}
