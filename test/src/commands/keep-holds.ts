import { join } from 'node:path';
import { holdByHand } from '../../../monitoring/stages/hold-requests.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import { HypercareError } from '../../../src/domain/errors.js';
import type { Json } from '../../../src/domain/json.js';
import { endRequest, takeRequest, waitingRequests, type Request } from '../../../src/store/requests.js';
import type { Db } from '../../../src/store/schema.js';
import { keepLog } from '../../bot/stage.js';
import type { Stage } from './stage.js';

/** Plays the monitor's part in holds, by the code that the monitor has for it. */
export function keepHolds(stage: Stage): void {
  const ctx = { hostId: stage.hostId, clock: { now: () => stage.now }, log: keepLog(), freezeFile: join(stage.dir, 'freeze') } as unknown as StageContext;
  stage.meanwhile = async () => {
    for (const request of await waitingRequests(stage.store.db, stage.hostId)) {
      await stage.store.write(async (tx) => {
        await takeRequest(tx, request.id, stage.now);
        await endRequest(tx, request.id, await answer(tx, ctx, request), stage.now);
      });
    }
  };
}

async function answer(tx: Db, ctx: StageContext, request: Request): Promise<Parameters<typeof endRequest>[2]> {
  try {
    return { ok: true, data: (await holdByHand(tx, ctx, request)) as Json };
  } catch (error) {
    if (!(error instanceof HypercareError)) throw error;
    return { ok: false, code: error.code, errorClass: error.errorClass, message: error.message, mend: error.mend };
  }
}
