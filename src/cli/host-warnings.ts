import { hostOptionsOf } from '../../monitoring/repairs/host-options.js';
import { holdRoot } from '../../monitoring/repairs/host-roots.js';
import type { Config } from '../config/config.js';
import type { Complaint } from '../config/issues.js';
import { errorText } from '../domain/errors.js';
import { systemClock } from '../io/clock.js';
import { LATE, within } from '../io/within.js';

const LOOK_MS = 3_000;

/** Directories below `host` in which nothing could be removed or packed, and why: by the very look the repairs take. */
export async function hostWarnings({ infrastructure, pm2Home }: Config): Promise<readonly Complaint[]> {
  const options = hostOptionsOf(infrastructure.find(({ kind }) => kind === 'host')?.options ?? {});
  const named = (['clean', 'compress'] as const).flatMap((key) => options[key].map(({ dir }, index) => ({ dir, path: ['host', key, index, 'dir'] })));
  const warnings: Complaint[] = [];
  for (const { dir, path } of named) {
    const held = holdRoot(dir, options, { pm2: { home: pm2Home } }).then((root) => root.close()).then(() => null, (error: unknown) => errorText(error));
    const wrong = await within(held, LOOK_MS, systemClock);
    if (wrong !== null) warnings.push({ path, message: wrong === LATE ? 'could not be looked at: see whether its disk or mount hangs' : `nothing can be done there: ${wrong}`, onKey: false });
  }
  return warnings;
}
