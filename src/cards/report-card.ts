import { scoreCurve, type LaunchReport } from '../domain/launch-report.js';
import type { Card } from './card.js';
import { noteCard } from './note-card.js';
import { reportParts, reportTitle } from './report-parts.js';
import type { Reader } from './say-time.js';
import { shortId } from './short-id.js';

/** So many parts the watch is drawn in. */
const BARS = 48;
const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

const LEVEL: Readonly<Record<LaunchReport['view']['launch']['state'], Card['level']>> = { watching: 'info', stable: 'good', unproven: 'warning', superseded: 'info', rolled_back: 'warning' };

/** The sign-off of a launch. */
export function reportCard(report: LaunchReport, reader: Reader): Card {
  const { launch } = report.view;
  return noteCard({
    subject: `report-${launch.id}`, level: LEVEL[launch.state], title: reportTitle(report),
    body: [drawCurve(report, reader.now), ...reportParts(report, reader).map(({ title, lines }) => `${title}: ${lines.join('\n')}`)],
    footer: `launch ${shortId(launch.id)}; to keep or send it: report ${shortId(launch.id)} --md, or --html`,
  });
}

/** '▇▇▇▂▇', a space where nothing was known. */
export function drawCurve(report: LaunchReport, now: number): string {
  return scoreCurve(report, BARS, now).map((score) => (score === null ? ' ' : LEVELS[Math.min(LEVELS.length - 1, Math.floor((score / 100) * LEVELS.length))])).join('');
}
