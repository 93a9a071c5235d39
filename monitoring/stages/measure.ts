import type { Check, Reading } from '../../src/domain/check.js';
import { maskedError } from '../../src/io/mask.js';
import type { StageContext } from './stage.js';

/** Whatever a probe's own deadlines are, it is given up after this. */
const PROBE_DEADLINE_MS = 60_000;
/** A pause that takes this much longer than asked shows that the monitor itself lags. */
const LAG_MS = 500;
const LAG_PROBE_MS = 20;

/** An effect: measures one check once. Its reading is kept together with those that come at the same time. */
export async function measure(ctx: StageContext, check: Check, signal: AbortSignal): Promise<void> {
  const at = ctx.clock.now();
  const keep = ctx.readings.begin();
  const reading = await read(ctx, check, signal).then((first) => selfChecked(ctx, first));
  await keep(signal.aborted ? null : { check, reading, at }); // Aborted by our own stop: not a reading. It is still due.
}

async function read(ctx: StageContext, check: Check, signal: AbortSignal): Promise<Reading> {
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

/** Nobody is blamed while the monitor itself lags: a bad reading then becomes an error. */
async function selfChecked(ctx: StageContext, reading: Reading): Promise<Reading> {
  if (reading.verdict !== 'bad') return reading;
  const before = ctx.clock.monotonic();
  await ctx.clock.sleep(LAG_PROBE_MS);
  const lag = ctx.clock.monotonic() - before - LAG_PROBE_MS;
  return lag < LAG_MS ? reading : { ...reading, verdict: 'error', note: `the monitor itself lagged by ${Math.round(lag)} ms; first read: ${reading.note}` };
}
