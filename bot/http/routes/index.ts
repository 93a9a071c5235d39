import type { Route } from '../route.js';
import { alertmanagerRoute } from './alertmanager.js';
import { boardRoute, pressRoute } from './board.js';
import { commandRoutes } from './commands.js';
import { deployHookRoute, eventsRoute } from './events.js';
import { guideRoute, openApiRoute } from './guide.js';
import { healthRoute, metricsRoute, prometheusRoute } from './health.js';
import { deploymentRoute, driftRoute, registerRoute, remediateRoute } from './monitoring.js';
import { appRoute, appScoreRoute, appsRoute, auditRoute, healingRoute, holdsRoute, incidentRoute, incidentsRoute, launchesRoute, learnedRoute, plansRoute, questionsRoute, releasesRoute, scoreRoute, statusRoute, whyRoute } from './own.js';
import { pingRoutes } from './ping.js';
import { seriesRoute } from './series.js';
import { healthScoreRoute, issuesRoute, manualRoute, remediationsRoute, statisticsRoute, toggleRoute } from './self-healing.js';

/** What can be asked over HTTP? One line for each; the guide shows them in this order. */
export const routes: readonly Route[] = [
  guideRoute,
  openApiRoute,
  healthRoute,
  metricsRoute,
  prometheusRoute,
  boardRoute,
  pressRoute,
  statusRoute,
  appsRoute,
  appRoute,
  appScoreRoute,
  seriesRoute,
  releasesRoute,
  scoreRoute,
  healingRoute,
  incidentsRoute,
  incidentRoute,
  whyRoute,
  launchesRoute,
  plansRoute,
  questionsRoute,
  holdsRoute,
  learnedRoute,
  auditRoute,
  eventsRoute,
  deployHookRoute,
  alertmanagerRoute,
  ...pingRoutes,
  registerRoute,
  deploymentRoute,
  remediateRoute,
  driftRoute,
  healthScoreRoute,
  issuesRoute,
  remediationsRoute,
  statisticsRoute,
  toggleRoute,
  manualRoute,
  ...commandRoutes,
];
