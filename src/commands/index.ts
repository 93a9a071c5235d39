import { ack } from './ack.js';
import { approve } from './approve.js';
import { audit } from './audit.js';
import { baseline } from './baseline.js';
import type { Command } from './command.js';
import { dashboard } from './dashboard.js';
import { deny } from './deny.js';
import { deploy } from './deploy.js';
import { freeze } from './freeze.js';
import { helpOn } from './help.js';
import { history } from './history.js';
import { holds } from './holds.js';
import { incidents } from './incidents.js';
import { launch } from './launch.js';
import { learned } from './learned.js';
import { policy } from './policy.js';
import { releases } from './releases.js';
import { repair } from './repair.js';
import { repairs } from './repairs.js';
import { replay } from './replay.js';
import { report } from './report.js';
import { restorePoint } from './restore-point.js';
import { rollback } from './rollback.js';
import { score } from './score.js';
import { silence } from './silence.js';
import { status } from './status.js';
import { unfreeze } from './unfreeze.js';
import { whoami } from './whoami.js';
import { why } from './why.js';

/** What may a person ask? One line for each command, in the order of the help. */
export const commands: readonly Command<unknown>[] = [
  status,
  score,
  incidents,
  why,
  history,
  report,
  baseline,
  approve,
  deny,
  ack,
  repair,
  deploy,
  rollback,
  launch,
  restorePoint,
  releases,
  freeze,
  unfreeze,
  silence,
  holds,
  repairs,
  learned,
  policy,
  replay,
  audit,
  dashboard,
  whoami,
  helpOn(() => commands),
];
