import * as z from 'zod';
import { readCondition } from '../policy/condition.js';
import { mustBe } from './issue-text.js';

/** '80%' → 0.8; from 1 % to 100 %. */
export function percent() {
  return z.string({ error: mustBe('a share like 80%') }).meta({ examples: ['80%'] }).transform((text, context) => {
    const share = parsePercent(text);
    if (share !== null) return share;
    context.addIssue({ code: 'custom', message: 'must be a share like 80%, from 1% to 100%', input: text });
    return z.NEVER;
  });
}

/** '2x' → 2. */
export function factor() {
  return z.string({ error: mustBe('a factor like 2x') }).meta({ examples: ['2x'] }).transform((text, context) => {
    const found = /^(\d{1,3}(?:\.\d{1,3})?)\s*x$/i.exec(text.trim());
    if (found && Number(found[1]) >= 1) return Number(found[1]);
    context.addIssue({ code: 'custom', message: 'must be a factor like 2x, from 1x on', input: text });
    return z.NEVER;
  });
}

/** 'usage < 30%', or a condition in CEL. Kept as text: nothing of this version measures it yet. */
export function detection() {
  return z.string({ error: mustBe('a condition like usage < 30%') }).meta({ examples: ['usage < 30%'] }).superRefine((text, context) => {
    const short = /^(\w{1,40})\s*(<=|>=|==|<|>)\s*(\S{1,10})$/.exec(text.trim());
    if (short && (parsePercent(short[3] as string) !== null || /^\d+(\.\d+)?$/.test(short[3] as string))) return;
    const read = readCondition(text);
    if (!read.ok) context.addIssue({ code: 'custom', message: `must be a condition like usage < 30%, or CEL; as CEL it ${read.problem}`, input: text, params: { offset: read.at } });
  });
}

function parsePercent(text: string): number | null {
  const found = /^(\d{1,3}(?:\.\d{1,3})?)\s*%$/.exec(text.trim());
  const share = found ? Number(found[1]) / 100 : 0;
  return share >= 0.01 && share <= 1 ? share : null;
}
