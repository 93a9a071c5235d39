import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../../src/io/package-root.js';
import { ROLLBACK, type RunbookRung } from '../stages/stage.js';

const file = z.record(z.string(), z.array(z.string()).max(10));

/** The shipped ladders by kind of incident. Throws when a rung names no repair, so that a bad file never boots. */
export function defaultRunbooks(repairs: readonly string[]): Readonly<Record<string, readonly RunbookRung[]>> {
  const shipped = ladders();
  for (const [kind, rungs] of Object.entries(shipped)) {
    const unknown = rungs.find((rung) => !repairs.includes(rung));
    if (unknown) throw new Error(`the runbook ${kind} names ${unknown}, and there is no such repair`);
  }
  return Object.fromEntries(Object.entries(shipped).map(([kind, rungs]) => [kind, rungs.map((repair) => rung(repair, kind))]));
}

/** Every kind of incident there is: each has a ladder, if only an empty one. */
export function incidentKinds(): readonly string[] {
  return Object.keys(ladders());
}

function ladders(): z.output<typeof file> {
  return file.parse(parse(readFileSync(join(packageRoot(), 'monitoring/runbooks/default.yaml'), 'utf8')));
}

/** A rollback always carries its reason, and without a word of a person goes to the newest stable release. */
function rung(repair: string, kind: string): RunbookRung {
  return repair === ROLLBACK ? { repair, args: { to: null, reason: `the runbook for ${kind} came to it` } } : { repair, args: {} };
}
