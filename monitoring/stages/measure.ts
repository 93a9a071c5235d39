import type { Check, Reading } from '../../src/domain/check.js';
import { maskedError } from '../../src/io/mask.js';
import type { StageContext } from './stage.js';

/** Whatever a probe's own deadlines are, it is given up after this. */
const PROBE_DEADLINE_MS = 60_000;
/** Names of values that say how long answers took. */
const TOOK = /^p\d+_ms$/;

/** An effect: measures one check once. Its reading is kept together with those that come at the same time. */
export async function measure(ctx: StageContext, check: Check, signal: AbortSignal): Promise<void> {
  const at = ctx.clock.now();
  const keep = ctx.readings.begin();
  const checkSelf = ctx.self.begin();
  const read = await readingOf(ctx, check, signal);
  const ours = await checkSelf(read.verdict === 'bad');
  const probe = ctx.units.probes[check.probe];
  const reading = probe?.local ? read : calledOff(read, ours, probe?.fields ?? []);
  await keep(signal.aborted ? null : { check, reading, at }); // Aborted by our own stop: not a reading. It is still due.
}

async function readingOf(ctx: StageContext, check: Check, signal: AbortSignal): Promise<Reading> {
  const probe = ctx.units.probes[check.probe];
  if (!probe) return failed(`no probe named ${check.probe}`);
  try {
    return await probe.measure(ctx.settings.optionsOf(check.options) as never, ctx.io, AbortSignal.any([signal, AbortSignal.timeout(PROBE_DEADLINE_MS)]));
  } catch (error) {
    return failed(maskedError(error));
  }
}

function failed(note: string): Reading {
  return { verdict: 'error', ms: null, values: [], note: note.slice(0, 200) };
}

/** Nobody is blamed for our own trouble: a bad reading is none then. A good answer stays good, but how long it took is ours. */
export function calledOff(reading: Reading, ours: string | null, fields: readonly string[]): Reading {
  if (ours === null) return reading;
  if (reading.verdict === 'bad') return failed(reading.note === null ? ours : `${ours}; it read: ${reading.note}`);
  return { ...reading, ms: null, values: reading.values.map((value, index) => (TOOK.test(fields[index] ?? '') ? null : value)) };
}
