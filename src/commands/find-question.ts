import { HypercareError } from '../domain/errors.js';
import type { Question } from '../domain/question.js';
import { shortId } from '../cards/short-id.js';
import { incidentsEndingWith } from '../store/find-incidents.js';
import { openIncidentOf } from '../store/incidents.js';
import { lastQuestion, openQuestions, questionsEndingWith } from '../store/questions.js';
import { listResources } from '../store/resources.js';
import type { Context } from './command.js';

const MIN_SUFFIX = 4;
const MOST_LISTED = 10;

type Open = Awaited<ReturnType<typeof openQuestions>>[number];

/**
 * The question somebody means by its app's name, by its id or its incident's, whole or the end of it: the open one, else
 * the last one, so that what became of it can be said.
 */
export async function findQuestion(ctx: Context, which: string): Promise<Question> {
  const open = await openQuestions(ctx.store.db, ctx.hostId);
  const byApp = open.find(({ appName }) => appName === which) ?? open.find(({ appName }) => appName.toLowerCase() === which.toLowerCase());
  if (byApp) return byApp;
  return (await byId(ctx, which, open)) ?? (await lastAbout(ctx, which, open));
}

async function byId(ctx: Context, which: string, open: readonly Open[]): Promise<Question | null> {
  if (which.length < MIN_SUFFIX) return null;
  const questions = await questionsEndingWith(ctx.store.db, ctx.hostId, which);
  const incidents = await incidentsEndingWith(ctx.store.db, ctx.hostId, which);
  if (questions.length + incidents.length > 1) throw unknown(`more than one question or incident ends with “${which}”`, open);
  const [incident] = incidents;
  if (incident === undefined) return questions[0] ?? null;
  const asked = await lastQuestion(ctx.store.db, { incidentId: incident.id });
  if (asked === null) throw unknown(`about the incident ${shortId(incident.id)} nothing was asked`, open);
  return asked;
}

async function lastAbout(ctx: Context, name: string, open: readonly Open[]): Promise<Question> {
  const all = await listResources(ctx.store.db, ctx.hostId);
  const target = all.find((one) => one.name === name) ?? all.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (target === undefined) throw unknown(`there never was a question “${name}”`, open);
  // About the trouble of a server people may be asked for something that is done to an app.
  const trouble = await openIncidentOf(ctx.store.db, target.id);
  const asked = (trouble && (await lastQuestion(ctx.store.db, { incidentId: trouble.id }))) ?? (await lastQuestion(ctx.store.db, { targetId: target.id }));
  if (asked === null) throw unknown(`about ${target.name} nothing was ever asked`, open);
  return asked;
}

function unknown(why: string, open: readonly Open[]): HypercareError {
  const listed = open.slice(0, MOST_LISTED).map(({ id, appName }) => `${appName} (${shortId(id)})`).join(', ');
  return new HypercareError('question.unknown', 'invalid', why, open.length === 0 ? 'No question is open now.' : `Open questions: ${listed}. Name the app, or the last ${MIN_SUFFIX} characters of the id or more.`);
}
