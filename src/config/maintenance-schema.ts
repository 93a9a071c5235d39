import * as z from 'zod';
import { EVERYTHING } from '../domain/hold.js';
import type { MaintenanceWindow } from '../policy/maintenance.js';
import { checkedText, list, oneOrMany } from './fields.js';
import { timeWindow } from './window-schema.js';

const MAX_WINDOWS = 50;
const MAX_NAMES = 50;
/** Without a zone of its own it would be another moment for each reader. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/;

/** Times in which nothing is repaired by itself and nobody is called. */
export function maintenanceSchema() {
  const name = checkedText('the name of an app, or a pattern', (text) => (/^[^,\s]+$/.test(text) ? null : 'must be one name or pattern; write several as a list'));
  const window = z.strictObject({
    name: z.string().trim().min(1).max(80).describe('What it is for; people read it'),
    apps: oneOrMany(name, MAX_NAMES).prefault(EVERYTHING).describe('Apps it holds; * stands for anything'),
    weekly: timeWindow().optional().describe('On these days, by the clock of a zone'),
    once: once().optional().describe('From one moment to another'),
  });
  return list(window.refine(({ weekly, once: single }) => (weekly === undefined) !== (single === undefined), { error: 'must have either `weekly` or `once`' }), MAX_WINDOWS);
}

export function toMaintenance({ name, apps, weekly, once: single }: z.output<ReturnType<typeof maintenanceSchema>>[number]): MaintenanceWindow {
  return { name, apps: apps.join(','), when: weekly ?? { fromMs: Date.parse(single?.from ?? ''), toMs: Date.parse(single?.to ?? '') } };
}

function once() {
  return z.strictObject({ from: moment(), to: moment() }).refine(({ from, to }) => Date.parse(to) > Date.parse(from), { path: ['to'], error: 'must be later than `from`' });
}

function moment() {
  return checkedText('a moment', (text) => (MOMENT.test(text) && Number.isFinite(Date.parse(text)) ? null : 'must be a moment with its zone, in quotes, like "2026-12-01T22:00:00+01:00"'));
}
