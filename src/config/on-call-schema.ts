import * as z from 'zod';
import type { Rota } from '../domain/rota.js';
import { checkedText, duration, list } from './fields.js';
import { zone } from './window-schema.js';

const DAY_MS = 24 * 3_600_000;
const MOST_PEOPLE = 50;
/** No zone of its own: that stands beside it. */
const LOCAL = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([0-5]\d)$/;

/** Who is called by name, in turns. */
export function onCallSchema() {
  const whole = z.strictObject({
    people: list(z.string().trim().min(1).max(80), MOST_PEOPLE).refine((names) => names.length > 0, { error: 'must name somebody' }).describe('Names of approvers, in the order of their turns'),
    turn: duration('1d', '90d').refine((ms) => ms % DAY_MS === 0, { error: 'must be whole days, like 7d' }).prefault('7d').describe('How long a turn is'),
    from: checkedText('a moment', (text) => (LOCAL.test(text) && Number.isFinite(Date.parse(`${text}:00Z`)) ? null : 'must be when the first turn began, in quotes and without a zone, like "2026-11-23T09:00"')).describe('When the first turn began; at this hour is handed over'),
    zone: zone().default('UTC').describe('An IANA zone like Europe/Berlin'),
  });
  return whole.transform((written): Rota => {
    const [, date = '', hours, minutes] = LOCAL.exec(written.from) ?? [];
    return { people: written.people, days: written.turn / DAY_MS, from: { date, minutes: Number(hours) * 60 + Number(minutes) }, zone: written.zone };
  });
}
