import { sayDuration } from '../domain/duration.js';
import type { IncidentView } from '../domain/incident-view.js';
import type { Plan } from '../domain/plan.js';
import { releaseName } from '../domain/release.js';
import type { Button } from './card.js';
import { cutText } from './clean.js';
import { drawPreflight, preflightInShort } from './preflight-part.js';
import { ROLLBACK, sayPlan } from './repair-words.js';
import { sayClock, sayIn, type Reader } from './say-time.js';
import { cautionInShort, drawCaution, drawSteps, shortPaths } from './steps.js';
import { drawToken } from './token.js';

/** Slack's limits of a confirmation: 100 characters of title, 300 of text. */
const CONFIRM_TITLE = 100;
const CONFIRM_TEXT = 300;

/** How the note begins that says how a person would do it; nobody types that on a phone. */
const BY_HAND = 'by hand';
const REASON_CHARS = 200;

type Asked = NonNullable<IncidentView['question']>;

/** The plan of the open question; null while none is open. */
export function planAsked(view: IncidentView): { readonly plan: Plan; readonly question: Asked } | null {
  const { question } = view;
  const plan = question?.state === 'open' ? view.plans.find(({ id }) => id === question.planId) : undefined;
  return question && plan ? { plan, question } : null;
}

/** Why it is asked, who may say yes and until when, what to know before, and what a yes does step by step. The title asks. */
export function drawQuestion(view: IncidentView, asked: NonNullable<ReturnType<typeof planAsked>> & { readonly length: 'short' | 'whole' }, reader: Reader): readonly string[] {
  const { prepared } = asked.plan;
  const terms = drawTerms(view, asked, reader);
  if (prepared === null) return [terms];
  const steps = drawSteps('A yes does exactly this:', prepared.does);
  const before = prepared.preflight ?? [];
  if (asked.length === 'whole') return [terms, ...(before.length > 0 ? [drawPreflight(before)] : []), drawCaution(prepared), steps];
  if (before.length === 0) return [terms, cautionInShort(prepared), shortPaths(steps)];
  return [terms, preflightInShort(before), cautionInShort({ ...prepared, notes: prepared.notes.filter((note) => !note.startsWith(BY_HAND)) }), shortPaths(steps)];
}

/** What the rule only suggests, as a question would show it; nothing for any other incident. */
export function drawSuggestion({ incident, plans, suggested }: IncidentView, length: 'short' | 'whole'): readonly string[] {
  const plan = plans.at(-1);
  if (!suggested || incident.state !== 'escalated' || plan?.verdict !== 'deny' || plan.prepared === null) return [];
  const { prepared } = plan;
  const steps = drawSteps(`Suggested, and not done. ${plan.repair} would do exactly this:`, prepared.does);
  const before = prepared.preflight ?? [];
  if (length === 'whole') return [...(before.length > 0 ? [drawPreflight(before)] : []), steps, drawCaution(prepared)];
  return [...(before.length > 0 ? [preflightInShort(before)] : []), shortPaths(steps), cautionInShort(prepared)];
}

function drawTerms(view: IncidentView, { plan, question }: NonNullable<ReturnType<typeof planAsked>>, reader: Reader): string {
  const said = question.answers.filter(({ outcome, yes }) => outcome === 'counted' && yes).map(({ name }) => name);
  const need = question.need > 1 ? [`It needs ${question.need} people; so far ${said.length === 0 ? 'nobody has said yes' : `yes from ${said.join(', ')}`}.`] : [];
  const may = view.approvers.length === 0 ? 'Nobody may decide: name an approver in hypercare.yaml.' : `May decide: ${view.approvers.join(', ')}.`;
  const note = question.note === null ? [] : [`${question.note[0]?.toUpperCase()}${question.note.slice(1)}.`];
  return [...sayReason(plan), may, ...note, ...need, `Expires ${sayIn(question.expiresAt, reader)}; without an answer nothing is done.`].join('\n');
}

/** A rule that simply asks first is the ordinary case, and named under Details. */
function sayReason({ why, rule, askedBy, args }: Plan): readonly string[] {
  const reason = (args as { readonly reason?: unknown } | null)?.reason;
  const asker = askedBy === null ? [] : [`${askedBy} asks for it${typeof reason === 'string' && reason !== '' ? `: ${cutText(reason, REASON_CHARS)}` : ''}.`];
  const ordinary = why === null || why === `the rule “${rule}” asks first` || (askedBy !== null && why.startsWith(`${askedBy} asked for it`));
  return [...asker, ...(ordinary ? [] : [`I ask because ${why}.`])];
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
      return `Asked to ${what}: ${by} said yes${at}${sayRunOf(view, plan)}${sayNeedless(view, plan, reader)}.`;
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

/** The yes came, and what it was for was over by then. */
function sayNeedless(view: IncidentView, plan: Plan, reader: Reader): string {
  if (plan.state !== 'cancelled' || view.incident.state !== 'resolved') return '';
  const lastBad = Math.max(...view.findings.map(({ lastAt }) => lastAt));
  return Number.isFinite(lastBad) ? `; already good since ${sayClock(lastBad, reader)}, so nothing was done` : '; it was good by then, so nothing was done';
}

/** Do it, not now, details: what is dangerous asks once more, naming app and version. */
export function questionButtons(view: IncidentView, asked: NonNullable<ReturnType<typeof planAsked>>): readonly Button[] {
  const { plan, question } = asked;
  const grave = plan.risk === 'destructive' || (plan.repair === ROLLBACK && plan.risk === 'disruptive');
  return [
    { label: labelOf(plan), style: grave ? 'danger' : 'primary', token: drawToken({ asks: 'yes', id: question.id }), confirm: grave ? confirmOf(view, plan) : null },
    { label: 'Not now', style: 'plain', token: drawToken({ asks: 'no', id: question.id }), confirm: null },
    { label: 'Details', style: 'plain', token: drawToken({ asks: 'details', id: view.incident.id }), confirm: null },
  ];
}

function labelOf({ repair }: Plan): string {
  return repair === ROLLBACK ? 'Roll back' : 'Do it';
}

function confirmOf(view: IncidentView, plan: Plan): NonNullable<Button['confirm']> {
  const { resource, release } = view;
  const runs = release === null ? [] : [`${resource.name} runs ${releaseName(release)} now.`];
  const wayBack = plan.prepared?.wayBack ? [] : ['There is no way back from it.'];
  return {
    title: cutText(`${resource.name}: really ${sayPlan(plan, view.destinations)}?`, CONFIRM_TITLE),
    text: cutText([...runs, ...wayBack].join(' ') || 'The card says what it does.', CONFIRM_TEXT),
    yes: labelOf(plan),
    no: 'Not now',
  };
}
