import { sayDuration } from '../domain/duration.js';
import type { IncidentView } from '../domain/incident-view.js';
import type { Plan } from '../domain/plan.js';
import type { Button } from './card.js';
import { cutText } from './clean.js';
import { ROLLBACK, sayPlan } from './repair-words.js';
import { sayClock, sayIn, type Reader } from './say-time.js';
import { drawCaution, drawSteps } from './steps.js';
import { drawToken } from './token.js';

/** Slack's limits of a confirmation: 100 characters of title, 300 of text. */
const CONFIRM_TITLE = 100;
const CONFIRM_TEXT = 300;

type Asked = NonNullable<IncidentView['question']>;

/** The plan of the open question; null while none is open. */
export function planAsked(view: IncidentView): { readonly plan: Plan; readonly question: Asked } | null {
  const { question } = view;
  const plan = question?.state === 'open' ? view.plans.find(({ id }) => id === question.planId) : undefined;
  return question && plan ? { plan, question } : null;
}

/** What is asked, what a yes does step by step, what to know before, who may say it and until when. */
export function drawQuestion(view: IncidentView, asked: NonNullable<ReturnType<typeof planAsked>>, reader: Reader): readonly string[] {
  const { plan, question } = asked;
  const heading = `May I ${sayPlan(plan, view.destinations)}?${plan.why === null ? '' : ` I ask because ${plan.why}.`}`;
  const steps = plan.prepared === null ? heading : drawSteps(`${heading} A yes does exactly this:`, plan.prepared.does);
  return [steps, ...(plan.prepared === null ? [] : [drawCaution(plan.prepared)]), drawDeciders(view, question, reader)];
}

function drawDeciders(view: IncidentView, question: Asked, reader: Reader): string {
  const said = question.answers.filter(({ outcome, yes }) => outcome === 'counted' && yes).map(({ name }) => name);
  const need = question.need > 1 ? [`It needs ${question.need} people; so far ${said.length === 0 ? 'nobody has said yes' : `yes from ${said.join(', ')}`}.`] : [];
  const may = view.approvers.length === 0 ? 'Nobody may decide: name an approver in hypercare.yaml.' : `May decide: ${view.approvers.join(', ')}.`;
  return [may, ...need, `Expires ${sayIn(question.expiresAt, reader)}; without an answer nothing is done.`].join('\n');
}

/** Who decided the last question and when, or how it ended; null where none was asked or one is open. */
export function drawDecision(view: IncidentView, reader: Reader): string | null {
  const { question } = view;
  const plan = view.plans.find(({ id }) => id === question?.planId);
  if (!question || !plan || question.state === 'open') return null;
  const what = sayPlan(plan, view.destinations);
  const at = question.decidedAt === null ? '' : ` at ${sayClock(question.decidedAt, reader)}`;
  const by = question.decidedBy ?? 'somebody';
  switch (question.state) {
    case 'approved':
      return `Asked to ${what}: ${by} said yes${at}${sayRunOf(view, plan)}.`;
    case 'denied':
      return `Asked to ${what}: ${by} said no${at}; it was not done.`;
    case 'expired':
      return `Asked to ${what}: nobody answered until ${sayClock(question.expiresAt, reader)}; nothing was done.`;
    case 'cancelled':
    case 'superseded':
      return `Asked to ${what}, and taken back${at}${question.decidedBy === null ? '' : `: ${question.decidedBy}`}.`;
  }
}

function sayRunOf(view: IncidentView, plan: Plan): string {
  const run = view.remediations.find(({ planId }) => planId === plan.id);
  if (!run) return '';
  return run.endedAt === null ? '; it is under way' : `; it ran ${sayDuration(run.endedAt - run.startedAt)}`;
}

/** Do it, not now, details: what is dangerous asks once more, naming app and version. */
export function questionButtons(view: IncidentView, asked: NonNullable<ReturnType<typeof planAsked>>): readonly Button[] {
  const { plan, question } = asked;
  const grave = plan.risk === 'destructive' || (plan.repair === ROLLBACK && plan.risk === 'disruptive');
  return [
    { label: 'Do it', style: grave ? 'danger' : 'primary', token: drawToken({ asks: 'yes', id: question.id }), confirm: grave ? confirmOf(view, plan) : null },
    { label: 'Not now', style: 'plain', token: drawToken({ asks: 'no', id: question.id }), confirm: null },
    { label: 'Details', style: 'plain', token: drawToken({ asks: 'details', id: view.incident.id }), confirm: null },
  ];
}

function confirmOf(view: IncidentView, plan: Plan): NonNullable<Button['confirm']> {
  const what = sayPlan(plan, view.destinations);
  const steps = plan.prepared?.does.map(({ does }) => does).join('; ') ?? '';
  const wayBack = plan.prepared?.wayBack ?? 'there is no way back';
  return {
    title: cutText(`${view.resource.name}: really ${what}?`, CONFIRM_TITLE),
    text: cutText(`${view.resource.name}: ${what}. Way back: ${wayBack}. Steps: ${steps}`, CONFIRM_TEXT),
    yes: 'Do it',
    no: 'Not now',
  };
}
