import { z } from 'zod';
import { reportCard } from '../cards/report-card.js';
import { reportHtml, reportMarkdown } from '../cards/report-page.js';
import { shortId } from '../cards/short-id.js';
import type { LaunchReport } from '../domain/launch-report.js';
import { scoreCourse } from '../domain/launch-report.js';
import { HypercareError } from '../domain/errors.js';
import type { LaunchId } from '../domain/ids.js';
import { releaseName } from '../domain/release.js';
import { launchReport } from '../store/launch-report.js';
import { newestLaunchOf, recentLaunches } from '../store/launches.js';
import type { Command, Context, Document } from './command.js';
import { word } from './fields.js';
import { findApp } from './find-app.js';
import { incidentSummary } from './incident-document.js';
import { iso } from './iso.js';

const MOST_LAUNCHES = 200;
const args = z.strictObject({ of: word, md: z.boolean().default(false), html: z.boolean().default(false) }).refine(({ md, html }) => !(md && html), { error: 'is one of --md and --html', path: ['html'] });

export const report: Command<z.output<typeof args>> = {
  name: 'report',
  summary: 'the sign-off of a launch: score, incidents, repairs, and what is left',
  usage: 'report <app|launch> [--md|--html]',
  examples: ['report shop', 'report shop --md', 'report 3f9c2e --html'],
  role: 'viewer',
  words: { positionals: ['of'], flags: { md: { type: 'boolean', about: 'as Markdown, to be kept or sent' }, html: { type: 'boolean', about: 'as a page of its own' } } },
  args,
  async run({ of, md, html }, ctx) {
    const made = await launchReport(ctx.store.db, ctx.hostId, await launchNamed(ctx, of));
    const reader = { now: ctx.now(), timeZone: ctx.timeZone };
    const text = md ? reportMarkdown(made, reader) : html ? reportHtml(made, reader) : null;
    return { data: document(made), card: reportCard(made, reader), exit: 0, ...(text === null ? {} : { text }) };
  },
};

/** The newest launch of an app, or one by its id or the end of it. */
async function launchNamed(ctx: Context, of: string): Promise<LaunchId> {
  const known = (await recentLaunches(ctx.store.db, ctx.hostId, MOST_LAUNCHES)).filter(({ id }) => id === of || shortId(id) === of);
  if (known[0] !== undefined && known.length === 1) return known[0].id;
  const app = await findApp(ctx, of);
  const newest = await newestLaunchOf(ctx.store.db, app.id);
  if (newest === null) throw new HypercareError('launch.none', 'invalid', `no launch of ${app.name} was seen yet`, `It begins with the first sight of a release, or with: hypercare launch ${app.name}`);
  return newest.id;
}

function document(made: LaunchReport): Document {
  const { view: { launch, app, release, incidents, repairs, debt, readings }, scores, advice } = made;
  const course = scoreCourse(made);
  return {
    version: 1, app: app.name, launch: launch.id, release: releaseName(release), state: launch.state, why: launch.why, verdictReason: release.verdictReason, startedAt: iso(launch.startedAt), endsAt: iso(launch.endsAt), endedAt: iso(launch.endedAt),
    score: course === null ? null : { first: course.first, lowest: course.lowest.score, lowestAt: iso(course.lowest.at), last: course.last }, scores: scores.map(({ at, score }) => ({ at: iso(at), score })),
    readings: { ...readings }, incidents: incidents.map((incident) => incidentSummary(incident, app.name)), repairs: repairs.map(({ repair, times }) => ({ repair, times })), debt: debt.points,
    advice: advice.map((one) => ({ ...one })), drift: 'not watched',
  };
}
