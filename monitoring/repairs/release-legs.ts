import { basename } from 'node:path';
import { HypercareError } from '../../src/domain/errors.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Json } from '../../src/domain/json.js';
import { identifyRelease } from '../release/identify.js';
import { removeOld } from '../release/old-releases.js';
import { saveRestorePoint } from '../release/restore-point.js';
import { smokeCheck, type SmokeCheck } from '../release/smoke.js';
import { editedIn, missingFrom } from '../release/whole.js';
import { maskedError } from '../../src/io/mask.js';
import type { Receipts } from './repair.js';
import type { ReleasesWitness } from './releases-survey.js';
import type { Leg } from './road.js';

const REMOVE_MS = 120_000;
const LOOK_MS = 60_000;
const SAVE_MS = 20_000;
/** Beside the declared time: to start, and to end with all of its children. */
const AROUND_MS = 30_000;
export const LOOKED_AT = 'look at the release';
export const STARTED = 'smoke check';

/** These leave nothing behind that tells whether they were done but their receipt; done twice they do no harm. */
function onReceipt(name: string): Leg['state'] {
  return async (_witness: Json, receipts: Receipts) => (receipts[name] === undefined ? 'before' : 'after');
}

/** What is in use by then stays, and says so: nobody's deploy fails for it. */
export function removeLeg(base: string, dirs: readonly string[]): Leg {
  const name = 'remove old releases';
  return {
    name,
    does: `remove ${dirs.map((dir) => basename(dir)).join(', ')} below ${base}/releases, which hypercare built and nobody uses`,
    timeoutMs: REMOVE_MS,
    state: onReceipt(name),
    async act(_witness, _receipts, io) {
      const { removed, left } = await removeOld(base, dirs, await io.pm2.list()).catch((error: unknown) => ({ removed: 0, left: [maskedError(error)] }));
      return { said: `removed ${removed === 1 ? 'one old release' : `${removed} old releases`}${left.length === 0 ? '' : `, and left ${left.join('; ')}`}` };
    },
  };
}

/** Its receipt names the release as the ledger does. */
export function lookLeg(dir: string, look: NonNullable<ReleasesWitness['look']>): Leg {
  return {
    name: LOOKED_AT,
    does: `look whether ${dir} is whole: its commit, ${look.entries.length === 0 ? '' : `${look.entries.join(', ')}, `}every package of its lockfile`,
    timeoutMs: LOOK_MS,
    state: onReceipt(LOOKED_AT),
    async act(_witness, _receipts, io) {
      const missing = await missingFrom({ dir, ...look });
      if (missing !== null) throw new HypercareError('release.not_whole', 'permanent', missing, 'Remove that directory if nobody needs it: it is built again then.');
      const edited = await editedIn(dir);
      return { ...(edited === null ? {} : { said: edited }), release: { ...(await identifyRelease(dir, look, io.git)) } };
    },
  };
}

/** `declared`: with its environment, which stands in nothing that is kept. */
export function smokeLeg(dir: string, smoke: NonNullable<ReleasesWitness['smoke']>, declared: SmokeCheck | undefined): Leg {
  return {
    name: STARTED,
    does: `${smoke.command.join(' ')} in ${dir} on a spare port, until ${smoke.path} answers 2xx twice; then end it`,
    timeoutMs: smoke.timeoutMs + AROUND_MS,
    state: onReceipt(STARTED),
    async act(_witness, _receipts, io, signal) {
      const { answeredMs } = await smokeCheck({ ...smoke, env: declared?.env ?? {} }, dir, io, signal);
      return { said: `answered on a spare port after ${sayDuration(answeredMs)}`, answeredMs };
    },
  };
}

/** On a disk that is full the way back is still open: the journal has what it needs, so it goes on without the file. */
export function restorePointLeg({ base, processes }: ReleasesWitness): Leg {
  const name = 'save a restore point';
  return {
    name,
    does: `save where ${base}/current leads and what PM2 was told, below ${base}/.hypercare`,
    timeoutMs: SAVE_MS,
    state: onReceipt(name),
    act: async (_witness, _receipts, io) => saveRestorePoint({ base, names: processes.map((one) => one.name) }, io).then((file) => ({ file }), (error: unknown) => ({ file: null, said: `saved no restore point, and went on with what the journal has: ${maskedError(error)}` })),
  };
}
