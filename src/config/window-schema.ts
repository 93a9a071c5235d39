import * as z from 'zod';
import { WEEKDAYS, wallTime, type TimeWindow } from '../domain/time-window.js';
import { checkedText } from './fields.js';
import { mustBe } from './issue-text.js';
import { nearestWord } from '../domain/nearest.js';

const WORKDAYS = [1, 2, 3, 4, 5];
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const TIME = 'a time like "09:00", in quotes';

/** `{ days: mon-fri, from: "09:00", to: "18:00", zone: Europe/Berlin }`; a span that ends before it begins ends on the next day. */
export function timeWindow() {
  const whole = z.strictObject({
    days: days().optional().describe('mon-fri, or [sat, sun]; default: every day'),
    from: timeOfDay(false).describe('"09:00"'),
    to: timeOfDay(true).describe('"18:00"; not after `from`: on the next day'),
    zone: zone().default('UTC').describe('An IANA zone like Europe/Berlin'),
  });
  return whole.transform((written): TimeWindow => {
    const on = written.days ?? { text: 'every day', days: EVERY_DAY };
    return { days: on.days, from: written.from, to: written.to, zone: written.zone, text: `${on.text} ${sayTime(written.from)}-${sayTime(written.to)} ${written.zone}` };
  });
}

function days() {
  const what = 'days like mon-fri, or [sat, sun]';
  const one = z.string({ error: mustBe(what) }).transform((text, context) => {
    const read = readDays(text);
    if (read) return { text, days: read };
    const odd = text.toLowerCase().split('-').find((part) => !WEEKDAYS.some((day) => day === part.trim()));
    const near = odd === undefined ? null : nearestWord(odd, WEEKDAYS);
    context.addIssue({ code: 'custom', message: `must be ${what}${near === null ? '' : `; did you mean ${JSON.stringify(near)}?`} (known: ${WEEKDAYS.join(', ')})`, input: text });
    return z.NEVER;
  });
  return z.union([one, z.array(one).min(1).max(7).transform((all) => ({ text: all.map(({ text }) => text).join(','), days: [...new Set(all.flatMap((item) => item.days))] }))]);
}

/** 'mon', 'mon-fri', 'fri-mon'; null: none of these. */
function readDays(text: string): readonly number[] | null {
  const names: readonly string[] = WEEKDAYS;
  const [first = '', last = first, ...more] = text.trim().toLowerCase().split('-');
  const [from, to] = [names.indexOf(first), names.indexOf(last)];
  if (from === -1 || to === -1 || more.length > 0) return null;
  if (from === 1 && to === 5) return WORKDAYS;
  return EVERY_DAY.map((n) => (from + n) % 7).slice(0, ((to - from + 7) % 7) + 1);
}

/** 'hh:mm' → minutes after midnight. Without quotes, YAML 1.1 readers take 09:00 for a number of base 60. */
function timeOfDay(mayEnd: boolean) {
  return z.string({ error: mustBe(TIME) }).transform((text, context) => {
    const found = /^([01]?\d|2[0-4]):([0-5]\d)$/.exec(text.trim());
    const minutes = found ? Number(found[1]) * 60 + Number(found[2]) : Infinity;
    if (minutes < 1_440 || (mayEnd && minutes === 1_440)) return minutes;
    context.addIssue({ code: 'custom', message: `must be ${TIME}, from 00:00 to ${mayEnd ? '24:00' : '23:59'}`, input: text });
    return z.NEVER;
  });
}

/** The name of a time zone. */
export function zone() {
  return checkedText('an IANA zone like Europe/Berlin', (text) => (/^[A-Za-z][\w+/-]*$/.test(text) && wallTime(0, text) !== null ? null : 'is no time zone that is known here: write an IANA name like Europe/Berlin, or UTC'));
}

function sayTime(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
