import { sayDuration } from '../domain/duration.js';
import type { LaunchView } from '../domain/launch-view.js';
import type { LaunchState } from '../domain/launch.js';
import { releaseName } from '../domain/release.js';
import type { Card } from './card.js';
import { cutText } from './clean.js';
import { noteCard } from './note-card.js';
import { sayClock, type Reader } from './say-time.js';
import { shortId } from './short-id.js';

const MOST_INCIDENTS = 3;
const TITLE_CHARS = 90;

const ENDED: Readonly<Record<LaunchState, string>> = {
  watching: 'is watched', stable: 'passed its watch', unproven: 'was watched, and is unproven', superseded: 'gave way to another release', rolled_back: 'was rolled back',
};

/** What went live, how it went, and what was wrong: the newest first. */
export function historyCard(app: string, launches: readonly LaunchView[], reader: Reader): Card {
  const count = launches.length === 1 ? 'the last launch' : `the last ${launches.length} launches`;
  return noteCard({
    subject: `history-${app}`, level: 'info',
    title: launches.length === 0 ? `${app}: no launch was seen yet` : `${app}: ${count}, the newest first`,
    body: launches.map((launch) => drawLaunch(launch, reader)),
    ...(launches.some(({ incidents }) => incidents.length > 0) ? { footer: 'one of the incidents whole: incidents <id>' } : {}),
  });
}

function drawLaunch({ launch, release, incidents, repairs }: LaunchView, reader: Reader): string {
  const lasted = sayDuration((launch.endedAt ?? reader.now) - launch.startedAt);
  const done = repairs.length === 0 ? [] : [`  done: ${repairs.map(({ repair, times }) => (times === 1 ? repair : `${repair} ${times} times`)).join(', ')}`];
  const real = incidents.filter(({ kind }) => kind !== 'manual');
  const shown = real.slice(0, MOST_INCIDENTS).map(({ id, title, state }) => `  ${state === 'resolved' ? '' : 'open: '}${cutText(title, TITLE_CHARS)} (${shortId(id)})`);
  const more = real.length > MOST_INCIDENTS ? [`  … and ${real.length - MOST_INCIDENTS} more incidents`] : [];
  const head = `${sayClock(launch.startedAt, reader)}: release ${releaseName(release)} ${ENDED[launch.state]}, ${launch.endedAt === null ? `for ${lasted} so far` : `after ${lasted}`}`;
  return [head, ...(real.length === 0 ? ['  nothing was wrong'] : shown), ...more, ...done].join('\n');
}
