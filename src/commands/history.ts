import { z } from 'zod';
import { historyCard } from '../cards/history-card.js';
import type { Json } from '../domain/json.js';
import type { LaunchView } from '../domain/launch-view.js';
import { releaseName } from '../domain/release.js';
import { newestLaunches } from '../store/past-launches.js';
import type { Command } from './command.js';
import { word } from './fields.js';
import { findApp } from './find-app.js';
import { incidentSummary } from './incident-document.js';
import { iso } from './iso.js';

const MOST = 50;

const limit = z.coerce.number('is not a number').int('is not a whole number').min(1, 'is less than 1').max(MOST, `is more than ${MOST}`);
const args = z.strictObject({ app: word, limit: limit.default(5) });

export const history: Command<z.output<typeof args>> = {
  name: 'history',
  summary: 'what went live, how it went, and what was wrong and done',
  usage: 'history <app> [--limit <n>]',
  examples: ['history shop', 'history shop --limit 20'],
  role: 'viewer',
  words: { positionals: ['app'], flags: { limit: { type: 'string', about: `how many launches, at most ${MOST} (5)` } } },
  args,
  async run(wanted, ctx) {
    const app = await findApp(ctx, wanted.app);
    const launches = await newestLaunches(ctx.store.db, app.id, wanted.limit);
    return {
      data: { version: 1, app: app.name, launches: launches.map((launch) => document(launch)) },
      card: historyCard(app.name, launches, { now: ctx.now(), timeZone: ctx.timeZone }),
      exit: 0,
    };
  },
};

function document({ launch, release, app, incidents, repairs }: LaunchView): Json {
  return {
    id: launch.id, release: releaseName(release), state: launch.state, why: launch.why, startedAt: iso(launch.startedAt), endedAt: iso(launch.endedAt),
    incidents: incidents.map((incident) => incidentSummary(incident, app.name)), repairs: repairs.map(({ repair, times }) => ({ repair, times })),
  };
}
