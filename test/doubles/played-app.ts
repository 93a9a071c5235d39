/**
 * A real app under a real PM2 that plays what a seed says it does in 72 hours. Requests, answers, missing answers,
 * PM2's list and PM2's bus are real. What would take its time to come about is drawn instead: how long an answer took,
 * how much memory the process holds, and when, on the virtual clock, PM2 saw something happen.
 */
import type { Clock } from '../../src/io/clock.js';
import type { Io } from '../../src/io/io.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import { random } from '../monitoring/detectors/healthy-watch.js';

const MINUTE = 60_000;
const MIB = 1_048_576;
const DAY = 1_440 * MINUTE;
/** A request that is not to be answered is given up after this; the reading says that it took its whole deadline. */
const UNANSWERED_MS = 60;
/** This machine may be slow; what is drawn decides whether an answer comes in time. */
const PATIENT_MS = 60_000;

/** Answers as the request says it shall, or not at all; /exit ends it. */
export const PLAYED_APP = `
require('node:http').createServer((request, response) => {
  if (request.url === '/exit') process.exit(1);
  const play = request.headers['x-play'] ?? '200';
  if (play !== 'silent') response.writeHead(Number(play)).end('ok');
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

/** What goes wrong from `fromMs` after the launch on. A crash loop and a stop happen for real: see silence.ts. */
export type Fault =
  | { readonly kind: '500s'; readonly fromMs: number; readonly share: number }
  | { readonly kind: 'slow'; readonly fromMs: number; readonly times: number }
  | { readonly kind: 'hang'; readonly fromMs: number }
  | { readonly kind: 'leak'; readonly fromMs: number; readonly mibPerHour: number }
  | { readonly kind: 'crash-loop' | 'stopped'; readonly fromMs: number };

/** Of an app that nobody would call sick. */
interface Character {
  readonly medianMs: number;
  /** Of the log-normal distribution of its answers. */
  readonly sigma: number;
  readonly rhythm: number;
  readonly phase: number;
  /** Of so many requests one fails, one is caught by the garbage collector, one is never answered. */
  readonly failsOneIn: number;
  readonly pausesOneIn: number;
  readonly silentOneIn: number;
  /** How many times slower it is just after the deploy. */
  readonly coldTimes: number;
  readonly heapMib: number;
  /** How long the garbage collector lets it grow, about: each tooth is another one, as traffic is. */
  readonly toothMs: number;
}

function characterOf(roll: () => number): Character {
  return {
    medianMs: 15 + roll() * 185, sigma: 0.3 + roll() * 0.2, rhythm: 0.1 + roll() * 0.2, phase: roll() * 2 * Math.PI,
    failsOneIn: 150 + roll() * 350, pausesOneIn: 60 + roll() * 140, silentOneIn: 700 + roll() * 1_000,
    coldTimes: 2 + roll() * 3, heapMib: 70 + roll() * 130, toothMs: (4 + roll() * 30) * MINUTE,
  };
}

export interface Played {
  /** Stands between a monitor and the outside. */
  readonly outside: (real: Io) => Io;
}

export function playedApp(of: { readonly seed: number; readonly fault: Fault | null; readonly clock: Clock; readonly start: number }): Played {
  const { fault, clock, start } = of;
  const roll = random(of.seed);
  const app = characterOf(roll);
  const began = new Map<string, number>();
  let tooth = { from: start, until: start };
  const age = (): number => clock.now() - start;
  const sick = <K extends Fault['kind']>(kind: K): Extract<Fault, { readonly kind: K }> | null =>
    (fault?.kind === kind && age() >= fault.fromMs ? (fault as Extract<Fault, { readonly kind: K }>) : null);

  function draw(path: string): { readonly ms: number; readonly play: string } {
    const rhythm = 1 + app.rhythm * Math.sin(app.phase + (2 * Math.PI * age()) / DAY);
    const cold = 1 + (app.coldTimes - 1) * Math.max(0, 1 - age() / (10 * MINUTE));
    const noise = Math.exp(app.sigma * Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll()));
    const pause = roll() < 1 / app.pausesOneIn ? 100 + roll() * 700 : 0;
    const ms = app.medianMs * rhythm * cold * noise * (sick('slow')?.times ?? 1) + pause;
    const [fails, silent] = [roll(), roll()];
    if (sick('hang') || silent < 1 / app.silentOneIn) return { ms: Number.POSITIVE_INFINITY, play: 'silent' };
    const failing = Math.max(1 / app.failsOneIn, path === '/checkout' ? (sick('500s')?.share ?? 0) : 0);
    return { ms, play: fails < failing ? '500' : '200' };
  }

  /** On the virtual clock it began when it was first seen, and its memory saws as its garbage collector works. */
  function seen(process: Pm2Process): Pm2Process {
    const run = `${process.pmId} ${process.startedAt}`;
    const startedAt = began.get(run) ?? clock.now();
    began.set(run, startedAt);
    const upMs = clock.now() - startedAt;
    if (clock.now() >= tooth.until) tooth = { from: clock.now() - roll() * app.toothMs * 0.5, until: clock.now() + roll() * app.toothMs };
    const warm = app.heapMib * (1 - 0.4 * Math.exp(-upMs / (6 * MINUTE)));
    const grown = 0.35 * app.heapMib * Math.min(1, (clock.now() - tooth.from) / app.toothMs);
    const leak = sick('leak');
    const leaked = leak ? (leak.mibPerHour * (age() - leak.fromMs)) / (60 * MINUTE) : 0;
    const memoryBytes = process.memoryBytes === null ? null : Math.round((warm + grown + leaked + roll() * 5) * MIB);
    return { ...process, startedAt, memoryBytes };
  }

  return {
    outside: (real) => ({
      ...real,
      http: {
        close: () => real.http.close(),
        async request(request, signal) {
          const { ms, play } = draw(new URL(request.url).pathname);
          const inTime = ms < request.timeoutMs;
          const headers = { ...request.headers, 'x-play': inTime ? play : 'silent' };
          const answer = await real.http.request({ ...request, headers, timeoutMs: inTime ? PATIENT_MS : UNANSWERED_MS }, signal);
          if ('fault' in answer) return { ...answer, ms: answer.fault === 'timeout' ? request.timeoutMs : answer.ms };
          return { ...answer, ms };
        },
      },
      pm2: {
        ...real.pm2,
        list: async () => (await real.pm2.list()).map(seen),
        subscribe: (listen) => real.pm2.subscribe((event) => listen({ ...event, at: clock.now() })),
      },
    }),
  };
}
