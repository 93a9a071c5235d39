import { releaseName } from '../domain/release.js';
import type { WayBack } from '../domain/way-back.js';
import { sayClock, type Reader } from './say-time.js';

const MOST_PASSED = 3;

/** Which it is, why, and what newer ones are not gone to. */
export function drawWayBack(app: string, { release, why, restorable, atNext, passedOver }: WayBack, reader: Reader): string {
  const passed = passedOver.slice(0, MOST_PASSED).map((one) => `${releaseName(one.release)} ${one.why}`);
  const not = passed.length === 0 ? [] : [`Passed over: ${passed.join('; ')}.`];
  if (!release && !restorable) return `Way back: none; ${why}.`;
  if (!release && atNext) return [`Way back: none yet; ${why}. What runs is stable: it is the way back of the next release that goes live.`, ...not].join('\n');
  if (!release) return [`Way back: none; ${why}. To name what runs as good: restore-point ${app} --reason …`, ...not].join('\n');
  return [`Way back: release ${releaseName(release)}, stable since ${sayClock(release.verdictAt, reader)}: ${why}.`, ...not].join('\n');
}
