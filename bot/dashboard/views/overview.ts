import { Fragment, h, type ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import type { Board } from '../../../src/cards/board.js';
import type { Card } from '../../../src/cards/card.js';
import { drawToken } from '../../../src/cards/token.js';
import { PARTS } from '../../../src/domain/health-part.js';
import type { ViewProps } from '../view.js';
import { Gauge } from '../gauge.js';
import { Question } from '../question.js';
import { saySeverity, saySince } from '../say.js';
import { Table } from '../table.js';
import { Told } from '../told.js';
import { Trend } from '../trend.js';

/** How it is as a whole, what is asked, and what is wrong now. */
export function Overview({ board, ask }: ViewProps): ComponentChild {
  const [result, answered] = useState<Card | null>(null);
  return h(Fragment, {}, [
    result !== null && h(Told, { card: result, close: () => answered(null) }),
    board.questions.length > 0 && h('section', { 'aria-labelledby': 'questions' }, [
      h('h2', { id: 'questions' }, 'Questions'),
      board.questions.map((question) => h(Question, { key: question.id, question, ask, answered })),
    ]),
    h('h2', {}, 'Health'),
    h(Health, { board }),
    h('h2', {}, 'Open incidents'),
    h(Table, {
      about: 'Open incidents', heads: ['Severity', 'Where', 'What', 'For', 'What is being done', 'All of it'],
      rows: board.incidents.map((one) => [h('span', { class: `level ${one.severity}` }, saySeverity(one)), one.at, one.title, saySince(one.began, board.at), one.doing, h(Details, { id: one.id, ask, answered })]),
    }),
    h('h2', {}, 'Apps'),
    h(Table, { about: 'Apps', heads: ['App', 'State', 'Release'], rows: board.apps.map(({ app, verdict, why, release, releaseVerdict }) => [app, `${verdict}: ${why}`, release === null ? '–' : `${release} (${releaseVerdict})`]) }),
    board.status.body.length > 0 && h('details', {}, [h('summary', {}, 'All of it in words'), board.status.body.map((paragraph) => h('p', { class: 'lines' }, paragraph))]),
  ]);
}

/** The incident whole: what was found, planned and done. */
function Details({ id, ask, answered }: { readonly id: string; readonly ask: ViewProps['ask']; answered(card: Card): void }): ComponentChild {
  const [why, fail] = useState<string | null>(null);
  const open = (): void => void ask.press(drawToken({ asks: 'details', id })).then(answered, (error: Error) => fail(error.message));
  return h(Fragment, {}, [h('button', { type: 'button', class: 'plain', onClick: open }, 'Details'), why !== null && h('p', { role: 'status' }, why)]);
}

function Health({ board: { score, scores, at } }: { readonly board: Board }): ComponentChild {
  const kept = scores.flatMap(({ score: points }) => points ?? []);
  return h(Fragment, {}, [
    h('ul', { class: 'gauges' }, [
      h(Gauge, { name: 'Overall', score: score.score, of: 1, size: 150 }),
      PARTS.map((part) => h(Gauge, { key: part, name: part, score: score.parts[part].score, of: score.parts[part].of, size: 90 })),
    ]),
    scores.length > 0 && h(Trend, { scores, at }),
    score.deductions.length > 0 && h('ul', {}, score.deductions.map(({ points, at, why }) => h('li', {}, `−${points} ${at}: ${why}`))),
    h('p', { class: 'soft' }, [
      `Confidence: ${score.confidence}${score.doubts.length === 0 ? '' : ` (${score.doubts.join('; ')})`}.`,
      kept.length > 0 && ` In the last 24 h: ${Math.min(...kept)} to ${Math.max(...kept)}.`,
    ]),
  ]);
}
