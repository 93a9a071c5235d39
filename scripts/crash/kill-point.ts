import { HypercareError } from '../../src/domain/errors.js';

export type Who = 'monitor' | 'bot';

/**
 * Where in a run a process is killed, nearly always by itself. `what` is reached for the `nth` time (from 1, over all lives of that process in
 * the run): a transaction by what it writes ('plans=asked+questions=open'), any transaction ('*'), an act ('pm2 reload',
 * 'deliver'), or the clock ('ms': `nth` milliseconds after the bad release was deployed, from outside, wherever it is by
 * then). Before a transaction's commit is inside it, with everything written; during an act is when it has begun and not
 * come back: with PM2 as soon as it shows, elsewhere `lateMs` after it began. Torn is the same, and what the process had
 * started dies with it.
 */
export interface KillPoint {
  readonly who: Who;
  readonly what: string;
  readonly nth: number;
  readonly when: When;
  readonly lateMs?: number;
}

export const WHENS = ['before', 'during', 'torn', 'after'] as const;
export type When = (typeof WHENS)[number];

export const ANY = '*';
export const CLOCK = 'ms';

/** monitor/plans=asked+questions=open#1/before, monitor/run npm ci#1/torn+240 */
export function sayPoint({ who, what, nth, when, lateMs }: KillPoint): string {
  return `${who}/${what}#${nth}/${when}${lateMs === undefined ? '' : `+${lateMs}`}`;
}

/** The same without its number: what a summary counts by. */
export function sayKind({ who, what, when }: KillPoint): string {
  return `${who}/${what}/${when}`;
}

/** Reads points as `sayPoint` writes them, with commas between; a mere number is the monitor's nth transaction. */
export function readPoints(text: string): readonly KillPoint[] {
  return text.split(',').map((one) => one.trim()).filter((one) => one !== '').map(readPoint);
}

function readPoint(text: string): KillPoint {
  if (/^[1-9]\d*$/.test(text)) return { who: 'monitor', what: ANY, nth: Number(text), when: 'after' };
  const [, who, what, nth, when, late] = /^(monitor|bot)\/([^#/,]+)#(\d+)\/(before|during|torn|after)(?:\+(\d+))?$/.exec(text) ?? [];
  if (!what) throw new HypercareError('usage', 'invalid', `“${text}” is no kill point`, 'Give a number, or one as a run prints it: monitor/steps=done#1/before');
  return { who: who as Who, what, nth: Number(nth), when: when as When, ...(late === undefined ? {} : { lateMs: Number(late) }) };
}
