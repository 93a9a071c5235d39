import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../src/io/clock.js';
import { endChildren } from './children.js';
import { ANY, readPoints, sayPoint, type KillPoint, type When, type Who } from './kill-point.js';
import { openTrace, readTrace } from './trace.js';

/** What is being gone through, so that its end can be told from the next one's. */
export interface Passage {
  readonly what: string;
  /** How often this was reached, and how often any transaction was. */
  readonly nth: number;
  readonly ofAny: number | null;
}

/** When this life ends: asked at every transaction and act, and it does not come back from the one that was chosen. */
export interface Fate {
  /** A transaction is written and not committed, or an act is about to begin. */
  reach(what: string, kind: 'transaction' | 'act'): Passage;
  /** It was committed, or the act came back. */
  end(passage: Passage): void;
  /** Will this act be cut short? */
  cuts(passage: Passage): boolean;
  cut(passage: Passage): never;
  /** Dies a while after this, where that was chosen; returns how to call it off, for an act that came back before. */
  cutLater(passage: Passage): () => void;
}

export function writeFates(dir: string, points: readonly KillPoint[]): void {
  writeFileSync(join(dir, 'kill-points'), points.map(sayPoint).join(','));
}

/** Goes on counting where the lives before left off. */
export function readFate(dir: string, who: Who, clock: Clock): Fate {
  const past = readTrace(dir, who);
  const spent = new Set(past.filter(({ line }) => line === 'killed').map(({ what }) => what));
  const points = readPoints(readFileSync(join(dir, 'kill-points'), 'utf8')).filter((point) => point.who === who && !spent.has(sayPoint(point)));
  const counts = new Map<string, number>();
  const trace = openTrace(dir, who);

  function count(what: string, kind: 'transaction' | 'act'): Passage {
    const next = (name: string): number => {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      return counts.get(name) as number;
    };
    return { what, nth: next(what), ofAny: kind === 'transaction' ? next(ANY) : null };
  }

  function chosen(passage: Passage, when: When): KillPoint | undefined {
    return points.find((point) => point.when === when && (point.what === ANY ? point.nth === passage.ofAny : point.what === passage.what && point.nth === passage.nth));
  }

  function die(point: KillPoint | undefined): void {
    if (!point) return;
    trace.write({ line: 'killed', at: clock.now(), what: sayPoint(point) });
    if (point.when === 'torn') endChildren(process.pid);
    process.kill(process.pid, 'SIGKILL');
  }

  for (const { line, what } of past) if (line === 'reached') count(what, isAct(what) ? 'act' : 'transaction');
  trace.write({ line: 'born', at: clock.now(), what: String(process.pid) });
  return {
    reach(what, kind) {
      const passage = count(what, kind);
      trace.write({ line: 'reached', at: clock.now(), what });
      die(chosen(passage, 'before'));
      return passage;
    },
    end(passage) {
      trace.write({ line: 'ended', at: clock.now(), what: passage.what });
      die(chosen(passage, 'after'));
    },
    cuts: (passage) => chosen(passage, 'during') !== undefined,
    cut(passage) {
      die(chosen(passage, 'during'));
      throw new Error('an act was to be cut short, and nobody had chosen it');
    },
    cutLater(passage) {
      const point = chosen(passage, 'during') ?? chosen(passage, 'torn');
      const timer = point && setTimeout(() => die(point), point.lateMs ?? 0);
      return () => clearTimeout(timer);
    },
  };
}

/** What a process does outside the store: asks PM2, runs a program, takes a step of a repair or takes it back, tells people. Everything else that is reached is a transaction. */
export function isAct(what: string): boolean {
  return /^(?:pm2|run|act|undo) /.test(what) || what === 'deliver';
}

/** What PM2 is asked to do. */
export function isAskedOfPm2(what: string): boolean {
  return what.startsWith('pm2 ');
}
