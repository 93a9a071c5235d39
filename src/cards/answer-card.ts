import type { Plan } from '../domain/plan.js';
import type { Answer, Question } from '../domain/question.js';
import type { Release } from '../domain/release.js';
import type { Card } from './card.js';
import { noteCard } from './note-card.js';
import { sayPlan } from './repair-words.js';
import { sayClock, sayIn, type Reader } from './say-time.js';

/** One person's answer and what became of it. */
export interface Answered {
  readonly app: string;
  readonly plan: Plan;
  /** Those the plan leads to. */
  readonly destinations: readonly Release[];
  readonly question: Question;
  /** What stands for this person; null where the question was over before he answered. */
  readonly own: Answer | null;
  /** True when he had answered before, and that stands. */
  readonly again: boolean;
  readonly name: string;
  /** What this click or word wanted. */
  readonly yes: boolean;
  readonly approvers: readonly string[];
}

/** A plan in one of these leads nowhere any more. */
const ENDED: ReadonlySet<Plan['state']> = new Set(['done', 'denied', 'refused', 'cancelled', 'superseded', 'expired']);

/** What is said back to whoever answered: every click gets a true word. */
export function answerCard(answered: Answered, reader: Reader): Card {
  const { level, title, body } = sayOutcome(answered, reader);
  const before = answered.again && answered.own ? [`You said ${answered.own.yes ? 'yes' : 'no'} at ${sayClock(answered.own.at, reader)} already, and that stands.`] : [];
  return noteCard({ subject: `answer-${answered.question.id}`, level, title: `${answered.app}: ${title}`, body: [...before, ...body, ...sayStop(answered)] });
}

/** A no after the yes cannot take that back; what it was meant for is another word. */
function sayStop({ app, yes, question, plan }: Answered): readonly string[] {
  return yes || question.state !== 'approved' || ENDED.has(plan.state) ? [] : [`To stop it: freeze ${app} --reason <why>. What has begun is taken back where that is possible.`];
}

type Said = { readonly level: Card['level']; readonly title: string; readonly body: readonly string[] };

function sayOutcome(answered: Answered, reader: Reader): Said {
  const { own, question } = answered;
  switch (own?.outcome) {
    case 'counted':
      return sayCounted(answered, own.yes, reader);
    case 'not_allowed':
      return sayNotAllowed(answered);
    case 'too_late':
    case 'already_decided':
      return sayOver(answered, reader);
    default:
      return question.state === 'open'
        ? { level: 'warning', title: `your ${own?.yes ? 'yes' : 'no'} is kept; the monitor has not judged it yet`, body: [`It counts if the monitor sees it before the question expires: ${sayIn(question.expiresAt, reader)}.\nIf the monitor does not run, start it with “npm start”.`] }
        : sayOver(answered, reader);
  }
}

function sayCounted({ plan, destinations, question }: Answered, yes: boolean, reader: Reader): Said {
  const what = sayPlan(plan, destinations);
  if (!yes) return { level: 'info', title: `your no counts; I do not ${what}`, body: ['Nothing more is done about this one unless somebody asks for it. It is still measured.'] };
  if (question.state === 'approved' && ENDED.has(plan.state)) return { level: plan.state === 'done' ? 'info' : 'warning', title: `nothing is asked about it now; ${plan.state === 'done' ? `${plan.repair} was done on that yes` : `${plan.repair} was not done${plan.why === null ? '' : `: ${plan.why}`}`}`, body: [] };
  if (question.state === 'approved') return { level: 'info', title: `your yes counts; I ${what} now`, body: ['First it is measured and prepared once more: is it good by now, nothing is done; would it do something else, I ask again.'] };
  if (question.state === 'open') return { level: 'info', title: `your yes counts; ${question.need} people are needed to ${what}`, body: [`The question waits for the others; it expires ${sayIn(question.expiresAt, reader)}.`] };
  return { level: 'warning', title: `your yes counted, and the question ended otherwise: ${question.state}`, body: question.decidedBy === null ? [] : [question.decidedBy] };
}

function sayNotAllowed({ plan, destinations, name, approvers }: Answered): Said {
  const others = approvers.filter((approver) => approver !== name);
  const may = others.length === 0 ? [] : [`These may: ${others.join(', ')}.`];
  const title = plan.askedBy === name ? `you asked to ${sayPlan(plan, destinations)}; somebody else says yes to it` : `your answer does not count: you may not decide whether I ${sayPlan(plan, destinations)}`;
  return { level: 'warning', title, body: may };
}

function sayOver({ plan, destinations, question }: Answered, reader: Reader): Said {
  const at = question.decidedAt === null ? '' : ` at ${sayClock(question.decidedAt, reader)}`;
  const by = question.decidedBy ?? 'somebody';
  switch (question.state) {
    case 'approved':
      return { level: 'info', title: `already approved by ${by}${at} (${sayPlan(plan, destinations)})`, body: [] };
    case 'denied':
      return { level: 'info', title: `already denied by ${by}${at} (${sayPlan(plan, destinations)})`, body: [] };
    case 'expired':
    case 'open':
      return { level: 'warning', title: `too late: the question expired at ${sayClock(question.expiresAt, reader)}, and nothing was done`, body: ['“repair” and “rollback” ask for it anew.'] };
    case 'superseded':
      return { level: 'info', title: `too late: something else took the question's place${at}, and this was not done`, body: question.decidedBy === null ? [] : [question.decidedBy.replace(/^superseded: /, '')] };
    default:
      return { level: 'info', title: `too late: the question was taken back${at}, and nothing was done`, body: question.decidedBy === null ? [] : [question.decidedBy] };
  }
}
