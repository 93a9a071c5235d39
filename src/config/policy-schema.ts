import * as z from 'zod';
import { BACKOFFS } from '../policy/backoff.js';
import { readCondition, type Condition } from '../policy/condition.js';
import { fits } from '../domain/glob.js';
import { RUNGS, type MaxTargets } from '../policy/policy.js';
import { checkedText, duration, list, oneOrMany, section, wholeNumber } from './fields.js';
import { didYouMean, listed } from './did-you-mean.js';
import { mustBe } from './issue-text.js';
import { costOptimization, driftRemediation, healthRemediation } from './remediation-schema.js';
import { percent } from './short-forms.js';
import { timeWindow } from './window-schema.js';

const MAX_RULES = 200;
const MAX_WINDOWS = 10;

/** What may be done, and who must say yes. */
export function policySchema(repairs: readonly string[]) {
  return section({
    dry_run: z.boolean().default(false).describe('true: all is decided as ever and told, and nothing is done, whoever asks'),
    default: z.enum(RUNGS).default('observe').describe('What is done where no rule fits'),
    rules: list(rule(repairs), MAX_RULES).prefault([]).describe('The first one that fits decides'),
    allow: list(listEntry(repairs), MAX_RULES).optional().describe('Where it is given, nothing else is done, whoever asks'),
    deny: list(listEntry(repairs), MAX_RULES).prefault([]).describe('Never done, whoever asks; wins over everything'),
    restarts: section({ per_30m: wholeNumber(0, 100).default(3), per_24h: wholeNumber(0, 1_000).default(6) })
      .prefault({}).describe('Restarts of one app, over any cause, before the machine stops and asks'),
    rollbacks_per_24h: wholeNumber(0, 10).default(1).describe('Rollbacks of one app without asking'),
    soak: duration('10m', '72h').optional().describe('A release that ran so long without an incident, a restart or a gap counts as stable when another replaces it; default: only a whole watch does'),
    remediations: section({ per_target_1h: wholeNumber(0, 100).default(10), per_1h: wholeNumber(0, 1_000).default(100) })
      .prefault({}).describe('Everything hypercare does, to one target and in all, within an hour'),
    expiry: section({ repair: duration('1m', '24h').prefault('15m'), rollback: duration('1m', '24h').prefault('30m') })
      .prefault({}).describe('How long a question waits; no answer is never a yes'),
    drift_remediation: driftRemediation().optional(),
    health_remediation: healthRemediation().optional(),
    cost_optimization: costOptimization().optional(),
  });
}

export type PolicyFile = z.output<ReturnType<typeof policySchema>>;
export type RuleFile = PolicyFile['rules'][number];

function rule(repairs: readonly string[]) {
  return z.strictObject({
    name: z.string().trim().min(1).max(80).optional().describe('How it is called in decisions; default: what it says'),
    repair: repairPattern(repairs).prefault('*').describe('Kind of repair; * stands for anything'),
    target: targetPattern().prefault('*').describe('App or dependency; * stands for anything'),
    rung: z.enum(RUNGS),
    approvers: wholeNumber(1, 5).default(1).describe('How many different people must say yes where it asks'),
    role: z.enum(['operator', 'approver']).default('approver').describe('Who may say yes: everybody from this role on'),
    requester_may_approve: z.boolean().default(true).describe('false: who asked for it does not say yes to it, where somebody else can'),
    windows: oneOrMany(timeWindow(), MAX_WINDOWS).optional().describe('When it holds; outside of them it stands one rung lower'),
    when: condition().optional().describe('It holds only where this condition does (CEL)'),
    max_targets: maxTargets().optional().describe('So many apps within an hour, as 2 or 20%; with more it asks'),
    max_attempts: wholeNumber(1, 100).optional().describe('Attempts at one problem in 24 h'),
    dry_run: z.boolean().default(false).describe('true: what this rule lets do is told and not done'),
    backoff: z.enum(BACKOFFS).optional().describe('How the wait between attempts grows, from 30 s on'),
  });
}

function listEntry(repairs: readonly string[]) {
  return z.strictObject({ repair: repairPattern(repairs).prefault('*'), target: targetPattern().prefault('*'), when: condition().optional() });
}

function repairPattern(repairs: readonly string[]) {
  return checkedText('a kind of repair, or a pattern like pm2.*', (text) => {
    if (repairs.length === 0 || repairs.some((repair) => fits(text, repair))) return null;
    return `fits no repair${didYouMean(text, repairs)} (known: ${listed(repairs)})`;
  });
}

function targetPattern() {
  return checkedText('the name of an app, or a pattern', () => null);
}

/** `params.offset` leads to the character that is wrong. */
function condition() {
  return z.string({ error: mustBe('a condition like incident.emergency && hour >= 9') }).transform((text, context): Condition => {
    const read = readCondition(text);
    if (read.ok) return read.condition;
    context.addIssue({ code: 'custom', message: read.problem, input: text, params: { offset: read.at } });
    return z.NEVER;
  });
}

function maxTargets() {
  const count = wholeNumber(1, 1_000).transform((value): MaxTargets => ({ count: value }));
  return z.union([count, percent().transform((share): MaxTargets => ({ share }))], { error: mustBe('a number like 2 or a share like 20%') });
}
