import { afterRollback } from './after-rollback.js';
import { afterVainRollback } from './after-vain-rollback.js';
import { allowList } from './allow-list.js';
import { attempts } from './attempts.js';
import { backoff } from './backoff.js';
import type { Brake } from './brake.js';
import { byHand } from './by-hand.js';
import { denyList } from './deny-list.js';
import { destructive } from './destructive.js';
import { holds } from './holds.js';
import { letsIn } from './lets-in.js';
import { migrations } from './migrations.js';
import { preflight } from './preflight.js';
import { recurrence } from './recurrence.js';
import { remediationBudget } from './remediation-budget.js';
import { restartBudget } from './restart-budget.js';
import { rollbackBudget } from './rollback-budget.js';
import { rung } from './rung.js';
import { spread } from './spread.js';

/** In this order; the first that stops decides. What binds everybody comes before what a person may do, and that before the ladder. */
export const brakes: readonly Brake[] = [
  holds,
  denyList,
  allowList,
  remediationBudget,
  restartBudget,
  attempts,
  backoff,
  byHand,
  rung,
  destructive,
  letsIn,
  recurrence,
  migrations,
  preflight,
  rollbackBudget,
  afterRollback,
  afterVainRollback,
  spread,
];
