import type { StepSpec } from '../domain/plan.js';
import type { Card } from './card.js';
import { cutText } from './clean.js';
import { drawCaution, drawSteps } from './steps.js';

/** A plan as the monitor prepared it, without doing it. */
export interface PlannedRepair {
  readonly repair: string;
  readonly target: string;
  readonly does: readonly StepSpec[];
  readonly bounds: Readonly<Record<string, number>>;
  readonly wayBack: string | null;
  readonly notes: readonly string[];
  readonly verdict: 'auto' | 'ask' | 'deny';
  readonly rule: string;
  readonly why: string;
  readonly hash: string;
}

const TITLE_CHARS = 100;
const SAYS = { auto: 'would be done without asking', ask: 'would be asked first', deny: 'would not be done' } as const;

/** What a repair would do, what policy says of it, and that nothing was done. */
export function planCard(plan: PlannedRepair): Card {
  return {
    subject: `plan-${plan.hash.slice(0, 12)}`,
    level: plan.verdict === 'deny' ? 'warning' : 'info',
    title: cutText(`${plan.target}: ${plan.repair} ${SAYS[plan.verdict]}; nothing was done now`, TITLE_CHARS),
    body: [drawSteps('It would do exactly this:', plan.does), drawCaution(plan), `Policy: ${plan.verdict}, because ${plan.why}${plan.why.includes(plan.rule) ? '' : ` (rule ${plan.rule})`}.`],
    fields: [],
    buttons: [],
    footer: `plan ${plan.hash.slice(0, 12)}`,
  };
}

/** Why a repair cannot be done. */
export function refusedCard(asked: { readonly repair: string; readonly target: string }, refused: string): Card {
  return {
    subject: `refused-${asked.repair}-${asked.target}`,
    level: 'warning',
    title: cutText(`${asked.target}: ${asked.repair} is not possible: ${refused}`, TITLE_CHARS),
    body: refused.length > TITLE_CHARS / 2 ? [refused] : [],
    fields: [],
    buttons: [],
    footer: null,
  };
}
