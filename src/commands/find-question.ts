import { HypercareError } from '../domain/errors.js';
import type { Question } from '../domain/question.js';
import { shortId } from '../cards/short-id.js';
import { openQuestions, questionsEndingWith } from '../store/questions.js';
import type { Context } from './command.js';

const MIN_SUFFIX = 4;
const MOST_LISTED = 10;

/** The question somebody means by its id, the end of its id, or the name of its app. */
export async function findQuestion(ctx: Context, which: string): Promise<Question> {
  const open = await openQuestions(ctx.store.db, ctx.hostId);
  const byApp = open.find(({ appName }) => appName === which) ?? open.find(({ appName }) => appName.toLowerCase() === which.toLowerCase());
  if (byApp) return byApp;
  const ending = which.length >= MIN_SUFFIX ? await questionsEndingWith(ctx.store.db, ctx.hostId, which) : [];
  const [first, second] = ending;
  if (first && !second) return first;
  const listed = open.slice(0, MOST_LISTED).map(({ id, appName }) => `${appName} (${shortId(id)})`).join(', ');
  throw new HypercareError(
    'question.unknown', 'invalid', first ? `more than one question ends with “${which}”` : `there is no question “${which}”`,
    open.length === 0 ? 'No question is open now.' : `Open questions: ${listed}. Name the app, or the last ${MIN_SUFFIX} characters of the id or more.`,
  );
}
