import type { StepSpec } from '../domain/plan.js';
import type { Card } from './card.js';
import { cutText } from './clean.js';
import { drawPreflight, type PlannedItem } from './preflight-part.js';
import { drawCaution, drawSteps } from './steps.js';

/** A plan as the monitor prepared it, without doing it. */
export interface PlannedRepair {
  readonly repair: string;
  readonly target: string;
  readonly does: readonly StepSpec[];
  readonly bounds: Readonly<Record<string, number>>;
  readonly wayBack: string | null;
  readonly notes: readonly string[];
  readonly preflight?: readonly PlannedItem[] | undefined;
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
    body: [...(plan.preflight ? [drawPreflight(plan.preflight)] : []), drawSteps('It would do exactly this:', plan.does), drawCaution(plan), `Policy: ${plan.verdict}, because ${plan.why}${plan.why.includes(plan.rule) ? '' : ` (rule ${plan.rule})`}.`],
    fields: [],
    buttons: [],
    footer: `plan ${plan.hash.slice(0, 12)}`,
  };
}

/** Why a repair cannot be done: in the title where it is short, else below it. */
export function refusedCard(asked: { readonly repair: string; readonly target: string }, refused: string): Card {
  const title = `${asked.target}: ${asked.repair} is not possible`;
  const whole = `${title}: ${refused}`;
  const fits = whole.length <= TITLE_CHARS;
  return {
    subject: `refused-${asked.repair}-${asked.target}`,
    level: 'warning',
    title: fits ? whole : cutText(title, TITLE_CHARS),
    body: fits ? [] : [refused],
    fields: [],
    buttons: [],
    footer: null,
  };
}
