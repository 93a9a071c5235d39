import type { Person } from '../../src/domain/person.js';
import type { Plan } from '../../src/domain/plan.js';
import type { Question } from '../../src/domain/question.js';
import { confirmFast } from '../../src/store/checks.js';
import { tell } from '../../src/store/events.js';
import { changeIncident, getIncident } from '../../src/store/incidents.js';
import { getPerson, groupIds } from '../../src/store/people.js';
import { getPlan, movePlan } from '../../src/store/plans.js';
import { judgeAnswer, unjudgedAnswers, type UnjudgedAnswer } from '../../src/store/answers.js';
import { closeQuestion, getQuestion, markWarned, openQuestions } from '../../src/store/questions.js';
import type { Db } from '../../src/store/schema.js';
import { closeIncident, escalate } from './closing.js';
import { record } from './record.js';
import type { Stage, StageContext } from './stage.js';
import { maySay, standingYes } from './standing-yes.js';

/** Part of a question's life after which those who were asked are reminded. */
const WARN_AT = 2 / 3;

/** Answers are judged in the order they came, expiry by this clock alone. No answer is never a yes. */
export const answer: Stage = {
  name: 'answer',
  onlyWhenOpen: true,
  async run(ctx) {
    const given = await unjudgedAnswers(ctx.store.db, ctx.hostId);
    for (const one of given) await ctx.store.write((tx) => judge(tx, ctx, one));
    let timed = false;
    for (const question of await openQuestions(ctx.store.db, ctx.hostId)) timed = (await keepTime(ctx, question)) || timed;
    return given.length > 0 || timed;
  },
  async nextAt(ctx) {
    const open = await openQuestions(ctx.store.db, ctx.hostId);
    return open.length === 0 ? null : Math.min(...open.map((question) => (question.warnedAt === null ? warnAt(question) : question.expiresAt)));
  },
};

/** When those who were asked are called once more, before it expires. */
export function warnAt(question: Question): number {
  return Math.round(question.askedAt + (question.expiresAt - question.askedAt) * WARN_AT);
}

async function judge(tx: Db, ctx: StageContext, given: UnjudgedAnswer): Promise<void> {
  const now = ctx.clock.now();
  const question = await getQuestion(tx, given.questionId);
  const person = await getPerson(tx, ctx.hostId, given.personId);
  const groups = await groupIds(tx, ctx.hostId);
  if (!question || !person || !maySay(given.yes, { person, groups }, question)) return judgeAnswer(tx, given, 'not_allowed');
  if (question.state === 'expired' || (question.state === 'open' && now >= question.expiresAt)) return judgeAnswer(tx, given, 'too_late');
  if (question.state !== 'open') return judgeAnswer(tx, given, 'already_decided');
  await judgeAnswer(tx, given, 'counted');
  const plan = await getPlan(tx, question.planId);
  await record(tx, ctx, { who: person.name, what: `said ${given.yes ? 'yes' : 'no'} to ${plan.repair}`, why: `plan hash ${question.hash.slice(0, 12)}, through ${given.via}${groups.has(person.id) ? `, by the account ${given.userId}` : ''}`, body: { question: question.id, plan: plan.id, hash: question.hash, yes: given.yes } });
  if (!given.yes) return denied(tx, ctx, { question, plan, person });
  const yes = await standingYes(tx, ctx, question);
  if (yes.length < question.need) return tell(tx, ctx.hostId, { kind: 'incident.changed', incidentId: plan.incidentId, body: { yes: yes.length, need: question.need } }, now);
  if (!(await closeQuestion(tx, question.id, 'approved', yes.map((one) => one.name).join(' and '), now))) return;
  await movePlan(tx, plan.id, 'asked', 'confirming');
  await confirmFast(tx, plan.targetId, now, now + ctx.settings.confirmForMs);
  await tell(tx, ctx.hostId, { kind: 'question.closed', incidentId: plan.incidentId, body: { question: question.id } }, now);
}

async function denied(tx: Db, ctx: StageContext, on: { readonly question: Question; readonly plan: Plan; readonly person: Person }): Promise<void> {
  const { question, plan, person } = on;
  const now = ctx.clock.now();
  if (!(await closeQuestion(tx, question.id, 'denied', person.name, now))) return;
  await movePlan(tx, plan.id, 'asked', 'denied', `${person.name} said no`);
  await tell(tx, ctx.hostId, { kind: 'question.closed', incidentId: plan.incidentId, body: { question: question.id } }, now);
  await handOver(tx, ctx, plan, `${person.name} said no to ${plan.repair}`);
}

/** Warns at two thirds, and lets it expire: that is neither a yes nor anybody's no. */
async function keepTime(ctx: StageContext, question: Question): Promise<boolean> {
  const now = ctx.clock.now();
  if (now >= question.expiresAt) {
    await ctx.store.write((tx) => expire(tx, ctx, question));
    return true;
  }
  if (question.warnedAt !== null || now < warnAt(question)) return false;
  await ctx.store.write(async (tx) => {
    const plan = await getPlan(tx, question.planId);
    await markWarned(tx, question.id, now);
    await tell(tx, ctx.hostId, { kind: 'question.warned', incidentId: plan.incidentId, body: { question: question.id } }, now);
  });
  return true;
}

async function expire(tx: Db, ctx: StageContext, question: Question): Promise<void> {
  const now = ctx.clock.now();
  if (!(await closeQuestion(tx, question.id, 'expired', 'nobody answered in time', now))) return;
  const plan = await getPlan(tx, question.planId);
  await movePlan(tx, plan.id, 'asked', 'expired', 'nobody answered in time');
  await record(tx, ctx, { who: 'hypercare', what: `the question about ${plan.repair} expired`, why: 'nobody answered in time; nothing was done', body: { question: question.id, plan: plan.id } });
  await tell(tx, ctx.hostId, { kind: 'question.closed', incidentId: plan.incidentId, body: { question: question.id } }, now);
  await handOver(tx, ctx, plan, `nobody answered the question about ${plan.repair} in time; nothing was done`);
}

async function handOver(tx: Db, ctx: StageContext, plan: Plan, reason: string): Promise<void> {
  const incident = await getIncident(tx, plan.incidentId);
  if (incident.kind === 'manual') return closeIncident(tx, ctx, incident, reason);
  await changeIncident(tx, incident.id, { rung: incident.rung + 1 });
  await escalate(tx, ctx, incident, reason);
}
