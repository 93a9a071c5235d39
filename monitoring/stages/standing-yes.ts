import { mayActAs, type Person } from '../../src/domain/person.js';
import type { PersonId } from '../../src/domain/ids.js';
import type { Plan } from '../../src/domain/plan.js';
import type { Question } from '../../src/domain/question.js';
import { answersTo } from '../../src/store/answers.js';
import { getPerson, groupIds } from '../../src/store/people.js';
import { questionOf } from '../../src/store/questions.js';
import type { Db } from '../../src/store/schema.js';
import type { StageContext } from './stage.js';

/**
 * Who asked for it may take it back, also where the rule wants another's yes. Where it wants several people, or another
 * one, a user group's yes is none: whoever gave it may be the one who is counted already, by an account of his own.
 */
export function maySay(yes: boolean, { person, groups }: { readonly person: Person; readonly groups: ReadonlySet<PersonId> }, question: Question): boolean {
  const wantsOthers = question.need > 1 || question.barred !== null;
  return mayActAs(person, question.role) && !(yes && (question.barred === person.name || (wantsOthers && groups.has(person.id))));
}

/** Whoever lost the role since he said yes, as after a restart with other people, counts no more. */
export async function standingYes(tx: Db, ctx: StageContext, question: Question): Promise<readonly { readonly name: string }[]> {
  const said = (await answersTo(tx, question.id)).filter((one) => one.yes && one.outcome === 'counted');
  const people = await Promise.all(said.map(({ personId }) => getPerson(tx, ctx.hostId, personId)));
  const groups = await groupIds(tx, ctx.hostId);
  return people.filter((person) => person !== null).filter((person) => maySay(true, { person, groups }, question));
}

/** True while those who said yes to a plan are as many as it needs, and may still say it. */
export async function yesStands(tx: Db, ctx: StageContext, plan: Pick<Plan, 'id'>): Promise<boolean> {
  const question = await questionOf(tx, plan.id);
  return question !== null && (await standingYes(tx, ctx, question)).length >= question.need;
}
