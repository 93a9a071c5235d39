import { errorText } from '../../../src/domain/errors.js';
import type { PreflightItem } from '../../../src/domain/preflight.js';
import { LATE, within } from '../../../src/io/within.js';
import type { Io } from '../../../src/io/io.js';
import type { Crossing, Found, PreflightCheck } from './check.js';
import { disk } from './disk.js';
import { downtime } from './downtime.js';
import { environment } from './environment.js';
import { files } from './files.js';
import { migrations } from './migrations.js';
import { node } from './node.js';
import { others } from './others.js';
import { packages } from './packages.js';
import { target } from './target.js';

/** In the order in which they are told. */
export const preflightChecks: readonly PreflightCheck[] = [target, migrations, files, packages, environment, node, disk, downtime, others];

/** A look that hangs must not keep the way back from being gone. */
const LOOK_MS = 8_000;

export interface Preflight {
  readonly items: readonly PreflightItem[];
  /** Migrations between the two; null: it cannot be told. */
  readonly migrations: number | null;
}

/** All that a person, and policy, should know of a rollback before it. Reads only; what cannot be looked at is told as that. */
export async function preflight(crossing: Crossing, io: Io, signal: AbortSignal): Promise<Preflight> {
  const found = await Promise.all(preflightChecks.map((check) => lookInTime(check, crossing, io, signal)));
  return {
    items: found.map(({ migrations: _count, ...item }) => item),
    migrations: found.find(({ about }) => about === migrations.about)?.migrations ?? null,
  };
}

async function lookInTime({ about, look }: PreflightCheck, crossing: Crossing, io: Io, signal: AbortSignal): Promise<Found & Pick<PreflightItem, 'about'>> {
  const blind = (why: string): Found & Pick<PreflightItem, 'about'> => ({ about, light: about === migrations.about ? 'red' : 'amber', says: `could not be looked at: ${why}` });
  try {
    const found = await within(look(crossing, io, signal), LOOK_MS, io.clock);
    return found === LATE ? blind(`no answer within ${LOOK_MS / 1_000} s`) : { about, ...found };
  } catch (error) {
    signal.throwIfAborted();
    return blind(errorText(error));
  }
}
