import { sayDuration } from '../domain/duration.js';
import { shareOf, type HealingFigures, type Share } from '../domain/healing-figures.js';
import { bandOf, type HealthScore, type PartScore } from '../domain/health-score.js';
import { PARTS } from '../domain/health-part.js';
import type { Card } from './card.js';
import { cutText } from './clean.js';
import { noteCard } from './note-card.js';

const WHY_CHARS = 120;

/** A score with the history it stands in. */
export interface ScoreShown {
  /** The app; null: the whole host. */
  readonly of: string | null;
  readonly score: HealthScore;
  /** The lowest and the highest of the last 24 h; null where none was kept. */
  readonly day: { readonly low: number; readonly high: number } | null;
  readonly healing: readonly { readonly over: string; readonly figures: HealingFigures }[];
}

/** How healthy it is, what takes the most points, how sure that is, and what was found and mended. */
export function scoreCard(shown: ScoreShown): Card {
  const { score, of, day } = shown;
  const what = of === null ? 'health' : `${of}: health`;
  return noteCard({
    subject: `score-${of ?? 'host'}`,
    level: score.score === null ? 'warning' : { good: 'good' as const, fair: 'warning' as const, poor: 'critical' as const }[bandOf(score.score)],
    title: score.score === null ? `${what} is not known: ${score.doubts[0] ?? 'nothing is watched'}` : `${what} ${score.score} of 100, ${bandOf(score.score)}`,
    body: [
      ...(score.deductions.length === 0 ? [] : [[...score.deductions.map(({ points, at, why }) => `−${points} ${at}: ${cutText(why, WHY_CHARS)}`), ...(score.more === 0 ? [] : [`and ${score.more} smaller`])].join('\n')]),
      PARTS.map((part) => `${part} ${sayPart(score.parts[part])}`).join(' · '),
      [`Confidence: ${score.confidence}${score.doubts.length === 0 || score.score === null ? '' : ` (${score.doubts.join('; ')})`}.`, ...(day === null ? [] : [`In the last 24 h: ${day.low === day.high ? day.low : `${day.low} to ${day.high}`}.`])].join('\n'),
      ...(shown.healing.every(({ figures }) => figures.detected + figures.runs.total === 0) ? [] : [shown.healing.map(({ over, figures }) => `${over}: ${sayFigures(figures)}`).join('\n')]),
    ],
    footer: 'above 90 is good, from 70 on fair, below that poor; what is not watched has no score',
  });
}

function sayPart({ score, of }: PartScore): string {
  if (score !== null) return String(score);
  return of === 0 ? 'not watched' : 'not known';
}

function sayFigures(figures: HealingFigures): string {
  const { detected, resolved, repaired, runs, firstAttempt, fallback, toRepair, toDetect } = figures;
  const parts = [
    `${detected} found`, ...(resolved === 0 ? [] : [`${resolved} over, ${repaired} of them repaired`]),
    ...(runs.total === 0 ? [] : [`${runs.verified} of ${runs.total} ${runs.total === 1 ? 'run' : 'runs'} helped`]),
    ...sayShare('at first', firstAttempt), ...sayShare('after that', fallback),
    ...(toDetect.meanMs === null ? [] : [`found after ${sayDuration(toDetect.meanMs)}`]),
    ...(toRepair.meanMs === null ? [] : [`well after ${sayDuration(toRepair.meanMs)}`]),
  ];
  return parts.join(', ');
}

function sayShare(when: string, share: Share): readonly string[] {
  const part = shareOf(share);
  return part === null ? [] : [`${Math.round(part * 100)} % ${when}`];
}
