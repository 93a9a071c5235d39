import { answerCard, type Answered } from '../cards/answer-card.js';
import { sayPlan } from '../cards/repair-words.js';
import { shortId } from '../cards/short-id.js';
import { sayDuration } from '../domain/duration.js';
import { HypercareError } from '../domain/errors.js';
import type { Answer, AnswerOutcome, Question } from '../domain/question.js';
import type { Person } from '../domain/person.js';
import { destinationsOf } from '../store/incident-view.js';
import { mayAnswer } from '../store/may-answer.js';
import { getPlan } from '../store/plans.js';
import { answer, answersTo } from '../store/answers.js';
import { getQuestion, replacedSince } from '../store/questions.js';
import { getResource } from '../store/resources.js';
import type { Context, Exit, Result } from './command.js';
import { findQuestion } from './find-question.js';
import { iso } from './iso.js';
import { waitFor } from './wait-for.js';

/** How long the monitor has to judge an answer before it is told that it was kept, and not judged yet. */
const JUDGED_WITHIN_MS = 5_000;
/** So long after a question ended its card may still be what somebody has read. */
const MAY_BE_READ_MS = 15 * 60_000;

/**
 * Keeps a person's answer for the monitor to judge and says what became of it. A question that is over, and a second
 * answer of the same person, write nothing and get their word all the same; but a yes is taken back by a no while the
 * others have not decided.
 */
export async function giveAnswer(yes: boolean, which: string, ctx: Context): Promise<Result> {
  const person = ctx.person;
  if (!person) throw new HypercareError('denied', 'denied', 'only people who are known can answer', null);
  const question = await findQuestion(ctx, which);
  if (yes && question.state === 'open') await demandItsId(ctx, question, which);
  const before = await ownAnswer(ctx, question, person);
  const changesMind = before?.yes === true && !yes && question.state === 'open';
  if ((before === null || changesMind) && question.state === 'open') await keep(ctx, question, person, yes);
  const judged = await waitFor(() => judgement(ctx, question, person), JUDGED_WITHIN_MS, (ms) => ctx.sleep(ms));
  return resultOf(ctx, { yes, person, again: before !== null && !changesMind, question: judged ?? question, own: await ownAnswer(ctx, question, person) });
}

/**
 * By the name of an app or an incident whoever types may mean the question he read, and another one took its place: a
 * yes to that is given by its own id. A no harms nothing.
 */
async function demandItsId(ctx: Context, question: Question, which: string): Promise<void> {
  if (question.id.endsWith(which.toLowerCase())) return;
  const plan = await getPlan(ctx.store.db, question.planId);
  const replaced = await replacedSince(ctx.store.db, plan.targetId, ctx.now() - MAY_BE_READ_MS);
  if (replaced === null) return;
  const other = await getPlan(ctx.store.db, replaced.planId);
  if (sayPlan(other, await destinationsOf(ctx.store.db, [other])) === sayPlan(plan, await destinationsOf(ctx.store.db, [plan]))) return;
  throw new HypercareError('question.replaced', 'invalid', `another question stood here until ${sayDuration(Math.max(0, ctx.now() - (replaced.decidedAt ?? ctx.now())))} ago; now it is: may I ${sayPlan(plan, await destinationsOf(ctx.store.db, [plan]))}?`, `If you mean this one: approve ${shortId(question.id)}`);
}

async function keep(ctx: Context, question: Question, person: Person, yes: boolean): Promise<void> {
  const nonce = `${ctx.hostId}:${ctx.via}:${ctx.userId}:${ctx.nonce}`;
  await ctx.store.write((tx) => answer(tx, { questionId: question.id, personId: person.id, yes, via: ctx.via, nonce }, ctx.now()));
  await ctx.poke();
}

/** The question as it stands once the answer was judged or the question ended; null while neither. */
async function judgement(ctx: Context, { id }: Question, person: Person): Promise<Question | null> {
  const question = await getQuestion(ctx.store.db, id);
  if (!question || question.state !== 'open') return question;
  const own = await ownAnswer(ctx, question, person);
  return own?.outcome ? question : null;
}

async function ownAnswer(ctx: Context, question: Question, person: Person): Promise<Answer | null> {
  const all = await answersTo(ctx.store.db, question.id);
  return all.find(({ personId }) => personId === person.id) ?? null;
}

interface Judged {
  readonly yes: boolean;
  readonly person: Person;
  readonly again: boolean;
  readonly question: Question;
  readonly own: Answer | null;
}

async function resultOf(ctx: Context, judged: Judged): Promise<Result> {
  const { question, own, person } = judged;
  const plan = await getPlan(ctx.store.db, question.planId);
  const app = (await getResource(ctx.store.db, plan.targetId)).name;
  const destinations = await destinationsOf(ctx.store.db, [plan]);
  const answered: Answered = { app, plan, destinations, question, own, again: judged.again, name: person.name, yes: judged.yes, approvers: await mayAnswer(ctx.store.db, ctx.hostId, question) };
  const counted = own?.outcome === 'counted';
  return {
    data: {
      version: 1, question: question.id, app, repair: plan.repair, answer: (own?.yes ?? judged.yes) ? 'yes' : 'no', again: judged.again,
      outcome: own?.outcome ?? outcomeOf(question), state: question.state, decidedBy: question.decidedBy, decidedAt: iso(question.decidedAt),
    },
    card: answerCard(answered, { now: ctx.now(), timeZone: ctx.timeZone }),
    exit: exitOf(judged),
    ...(counted && own.yes && question.state === 'approved' && !judged.again ? { follow: { incidentId: plan.incidentId, planId: plan.id } } : {}),
  };
}

/** What an answer to a question that is over would have come to. */
function outcomeOf({ state }: Question): AnswerOutcome | null {
  if (state === 'open') return null;
  return state === 'approved' || state === 'denied' ? 'already_decided' : 'too_late';
}

/** Good when what the person wanted is what was decided; 3 while nobody has judged it. */
function exitOf({ yes, question, own }: Judged): Exit {
  if (question.state === 'open') return !own?.outcome ? 3 : own.outcome === 'counted' && own.yes === yes ? 0 : 1;
  return question.state === (yes ? 'approved' : 'denied') ? 0 : 1;
}
