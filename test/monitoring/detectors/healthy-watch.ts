import type { Act } from '../../../src/domain/act.js';
import { updateBaseline, type Baseline } from '../../../src/domain/baseline.js';
import type { Sample } from '../../../src/domain/check.js';
import type { Claim } from '../../../src/domain/finding.js';
import { DEFAULT_TIERS, tickOffsets } from '../../../src/domain/tiers.js';
import type { Detector, Series } from '../../../monitoring/detectors/detector.js';
import { detectors } from '../../../monitoring/detectors/index.js';
import { answer, APP, HTTP_FIELDS, MINUTE, NOW, PM2_FIELDS, process, timedOut, type Happening } from './build.js';

const WATCH_MIN = 72 * 60;
/** As the detect stage shows them. */
const SHOWN_SAMPLES = 120;
const WARM_UP_MIN = 10;

/** The same numbers from the same seed, in [0, 1): mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What a fault does to a healthy watch, from `fromMin` on. */
export interface Fault {
  readonly fromMin: number;
  readonly latency?: number;
  readonly leakMibPerMin?: number;
  readonly crashEveryMin?: number;
}

interface Watch {
  readonly liveness: readonly Sample[];
  readonly checkout: readonly Sample[];
  readonly pm2: readonly Sample[];
  readonly acts: readonly Act[];
}

/**
 * 72 hours of an app in production, a light probe and PM2's list each minute and an endpoint at each tick: log-normal
 * latency with a daily rhythm, a garbage collector's saw-tooth, single failures, now and then a lone timeout, a slow
 * first five minutes, and a restart by hand. Well, unless there is a fault.
 */
export function watchOf(seed: number, fault: Fault | null = null): Watch {
  const roll = random(seed);
  const app = characterOf(roll);
  const ms = (minute: number): number => {
    const rhythm = 1 + app.rhythm * Math.sin(app.phase + (2 * Math.PI * minute) / 1_440);
    const peak = minute < 5 ? 4 : 1;
    const slower = fault !== null && minute >= fault.fromMin ? (fault.latency ?? 1) : 1;
    return app.base * rhythm * peak * slower * Math.exp(app.sigma * normal(roll));
  };
  const light = (minute: number): Happening => blip(roll, 1) ?? answer(ms(minute));
  const tick = (minute: number): Happening => {
    const three = [ms(minute), ms(minute), ms(minute)].toSorted((a, b) => a - b);
    return blip(roll, 3) ?? { verdict: 'good', values: [three[1] as number, three[2] as number, 3, 3, 200, 0], note: null };
  };
  const minutes = Array.from({ length: WATCH_MIN }, (_, minute) => minute);
  const ticks = tickOffsets(DEFAULT_TIERS).map((offset) => offset / MINUTE);
  return {
    liveness: minutes.map((minute) => sampleAt(1, minute, light(minute))),
    checkout: ticks.map((minute) => sampleAt(2, minute, tick(minute))),
    pm2: minutes.map((minute) => {
      const memory = memoryAt(minute, app, roll, fault);
      return sampleAt(3, minute, process({ memory, share: memory / 1_000, uptimeMs: (minute - lifeOf(minute, app)) * MINUTE }));
    }),
    acts: [actAt(app.restartMin, 'person'), ...crashes(roll, fault)].toSorted((a, b) => a.at - b.at),
  };
}

/** A claim as it was first made, or ended. */
export interface Said {
  readonly minute: number;
  readonly claim: Claim;
}

/** Every detector asked once a minute, as the detect stage asks it; what was said when something opened or ended. */
export function replay(watch: Watch, facts: { readonly from?: number; readonly to?: number; readonly options?: Readonly<Record<string, unknown>> } = {}): readonly Said[] {
  const { from = 1, to = WATCH_MIN } = facts;
  const said: Said[] = [];
  const asked = Object.values(detectors).map((detector: Detector<unknown>) => ({ detector, options: detector.options.parse(facts.options?.[detector.kind] ?? {}), open: new Map<string, number>() }));
  const shows = [shower('liveness', 'http', watch.liveness), shower('http:/checkout', 'http', watch.checkout), shower('pm2', 'pm2', watch.pm2)];
  for (let minute = from; minute < to; minute += 1) {
    const now = NOW + minute * MINUTE;
    const series = shows.map((show) => show(now));
    const acts = watch.acts.filter(({ at }) => at <= now && at > now - 24 * 60 * MINUTE);
    for (const { detector, options, open } of asked) {
      for (const claim of detector.detect({ series, acts, open, options, now })) {
        if (open.has(claim.fingerprint) === (claim.state === 'present')) continue;
        said.push({ minute, claim });
        if (claim.state === 'present') open.set(claim.fingerprint, now);
        else open.delete(claim.fingerprint);
      }
    }
  }
  return said;
}

/**
 * Shows a check's newest samples at growing times, with the baseline that the release's own first healthy readings
 * after the warm-up have taught by then.
 */
function shower(name: string, probe: string, samples: readonly Sample[]): (now: number) => Series {
  const warmFrom = samples.findIndex(({ at }) => at >= NOW + WARM_UP_MIN * MINUTE);
  let until = 0;
  let baseline: Baseline | null = null;
  return (now) => {
    while (until < samples.length && (samples[until] as Sample).at <= now) until += 1;
    if (probe === 'http') baseline = updateBaseline(baseline, { checkId: 1, releaseId: 'release-1' as never }, samples.slice(warmFrom, until));
    return {
      check: { id: 1, name, probe, options: {}, critical: true, trusted: true },
      fields: probe === 'http' ? HTTP_FIELDS : PM2_FIELDS,
      samples: samples.slice(Math.max(0, until - SHOWN_SAMPLES), until),
      baseline,
    };
  };
}

interface Character {
  readonly base: number;
  readonly sigma: number;
  readonly rhythm: number;
  readonly phase: number;
  readonly gcMin: number;
  readonly heap: number;
  readonly restartMin: number;
}

function characterOf(roll: () => number): Character {
  return {
    base: 15 + roll() * 285,
    sigma: 0.2 + roll() * 0.3,
    rhythm: 0.1 + roll() * 0.2,
    phase: roll() * 2 * Math.PI,
    gcMin: 3 + Math.floor(roll() * 25),
    heap: 80 + roll() * 200,
    restartMin: 600 + Math.floor(roll() * 3_000),
  };
}

function normal(roll: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll());
}

/** Four in a thousand readings fail, one in a thousand stays without an answer: an app that nobody would call sick. */
function blip(roll: () => number, tried: number): Happening | null {
  const luck = roll();
  if (luck < 0.001) return { ...timedOut, values: [null, null, 0, tried, null, tried] };
  return luck < 0.005 ? { verdict: 'bad', values: [null, null, 0, tried, 502, 0], note: 'status 502' } : null;
}

/** The minute in which the life began that lasts at `minute`. */
function lifeOf(minute: number, app: Character): number {
  return minute >= app.restartMin ? app.restartMin : 0;
}

function memoryAt(minute: number, app: Character, roll: () => number, fault: Fault | null): number {
  const age = minute - lifeOf(minute, app);
  const warm = app.heap * (1 - 0.4 * Math.exp(-age / 6));
  const daily = 1 + 0.05 * Math.sin(app.phase + (2 * Math.PI * minute) / 1_440);
  const tooth = 0.35 * app.heap * ((minute % app.gcMin) / app.gcMin);
  const leak = fault?.leakMibPerMin === undefined ? 0 : fault.leakMibPerMin * Math.max(0, minute - fault.fromMin);
  return warm * daily + tooth + leak + roll() * 5;
}

/** One crash a day belongs to a healthy app; a fault crashes at its own pace. */
function crashes(roll: () => number, fault: Fault | null): readonly Act[] {
  const lone = [0, 1, 2].map((day) => Math.floor((day + roll()) * 1_440));
  const looping = fault?.crashEveryMin === undefined ? [] : Array.from({ length: 20 }, (_, n) => fault.fromMin + n * (fault.crashEveryMin as number));
  return [...lone, ...looping].map((minute) => actAt(minute, 'pm2'));
}

function actAt(minute: number, by: Act['by']): Act {
  return { resourceId: APP, at: NOW + minute * MINUTE, by, kind: 'restart', fingerprint: null, dedupe: `${by}:${minute}`, note: null };
}

function sampleAt(checkId: number, minute: number, happening: Happening): Sample {
  return { ...happening, checkId, at: NOW + minute * MINUTE, ms: happening.values[0] ?? null };
}
