import { sayDuration } from '../domain/duration.js';
import type { Decision } from '../domain/plan.js';
import type { Card } from './card.js';
import { noteCard } from './note-card.js';
import { sayMoment, type Reader } from './say-time.js';
import { countRepairs, VERDICT_WORDS } from './verdict-words.js';

export interface ReplayShown {
  readonly file: string;
  readonly since: number;
  readonly decisions: number;
  readonly differences: readonly { readonly at: number; readonly target: string; readonly repair: string; readonly was: Decision; readonly would: Decision; readonly badForMs: number | null }[];
}

const MOST_LINES = 30;

/** What another policy would have decided. What would have come of it nobody knows, and it says so. */
export function replayCard(replay: ReplayShown, reader: Reader): Card {
  const { differences } = replay;
  const lines = differences.slice(0, MOST_LINES).map(({ at, target, repair, was, would, badForMs }) => `${sayMoment(at, reader)}  ${target}, ${repair}: ${VERDICT_WORDS[would.verdict]} instead of ${VERDICT_WORDS[was.verdict]}, because ${would.why}${badForMs === null ? '' : `; readings were bad for another ${sayDuration(badForMs)}`}`);
  const more = differences.length - MOST_LINES;
  return noteCard({
    subject: 'replay', level: 'info', title: titleOf(replay),
    body: replay.decisions === 0 ? ['Decisions are kept from the first incident on for which a repair was prepared.'] : [
      ...(differences.length === 0 ? [] : [sums(replay), [...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n')]),
      'Each decision is made again on the facts of its time. What would have followed from another one cannot be known: the facts after it would have been others.',
    ],
    footer: replay.file,
  });
}

function titleOf({ decisions, differences }: ReplayShown): string {
  if (decisions === 0) return 'nothing was decided in this time';
  const of = decisions === 1 ? 'the one decision' : `${decisions} decisions`;
  return differences.length === 0 ? `with this policy ${of} would have been the same` : `with this policy ${differences.length} of ${of} would have been another`;
}

/** 'With this policy: 2 rollbacks done by itself instead of asked; 1 × pm2.reload not done instead of asked.' */
function sums({ differences }: ReplayShown): string {
  const counts = new Map<string, number>();
  const key = (one: ReplayShown['differences'][number]): string => JSON.stringify([one.repair, one.would.verdict, one.was.verdict]);
  for (const one of differences) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1);
  const said = [...counts].map(([what, count]) => {
    const [repair, would, was] = JSON.parse(what) as [string, Decision['verdict'], Decision['verdict']];
    return `${countRepairs(repair, count)} ${VERDICT_WORDS[would]} instead of ${VERDICT_WORDS[was]}`;
  });
  return `With this policy: ${said.join('; ')}.`;
}
