import type { Decision } from '../domain/plan.js';
import type { Card } from './card.js';
import { noteCard } from './note-card.js';
import { sayAgo, type Reader } from './say-time.js';
import { shortId } from './short-id.js';
import { VERDICT_WORDS } from './verdict-words.js';

/** A policy as it is in force, in lines. */
export interface PolicyShown {
  /** In the order in which they are asked: name and terms. */
  readonly rules: readonly { readonly name: string; readonly says: string }[];
  readonly deny: readonly string[];
  /** Null: there is no such list. */
  readonly allow: readonly string[] | null;
  readonly limits: readonly string[];
  readonly later: readonly { readonly name: string; readonly says: string }[];
  readonly hash: string;
}

/** The rules in their order: what stands first decides first. */
export function policyCard(policy: PolicyShown): Card {
  const deny = policy.deny.length === 0 ? [] : [`Never, whoever asks:\n${policy.deny.map((line) => `- ${line}`).join('\n')}`];
  const allow = policy.allow === null ? [] : [`Nothing but:\n${policy.allow.length === 0 ? '- nothing at all' : policy.allow.map((line) => `- ${line}`).join('\n')}`];
  const later = policy.later.length === 0 ? [] : [`Kept, and no repair of this version uses it yet:\n${policy.later.map(({ name, says }) => `- ${says} (${name})`).join('\n')}`];
  return noteCard({
    subject: 'policy', level: 'info', title: 'what hypercare may do, in the order in which it is asked',
    body: [
      ...deny, ...allow,
      `The first rule that fits decides:\n${policy.rules.map(({ name, says }, index) => `${index + 1}. ${says.startsWith(name) ? says : `${name}: ${says}`}`).join('\n')}`,
      `Limits:\n${policy.limits.map((line) => `- ${line}`).join('\n')}`,
      ...later,
    ],
    footer: `policy ${policy.hash} · why one incident was decided so: policy explain <incident>`,
  });
}

/** One decision and what it was made on. */
export interface ExplainedDecision extends Decision {
  readonly repair: string;
  readonly at: number;
  readonly looks: readonly { readonly brake: string; readonly stopped: boolean; readonly saw: string }[];
  readonly change: string | null;
  readonly ruleSays: string;
  /** What the policy that is in force now would say; null where that is the same policy. */
  readonly today: Decision | null;
}

export interface ExplainedIncident {
  readonly id: string;
  readonly target: string;
  readonly title: string;
  /** Why the last repair and none before it on the ladder; null where nothing was written of it. */
  readonly choice: string | null;
  /** Oldest first; at least one. */
  readonly decisions: readonly ExplainedDecision[];
}

const MOST_EARLIER = 5;

/** Which rule decided, what it looked at, and what would have to change. */
export function explainCard({ id, target, title, choice, decisions }: ExplainedIncident, reader: Reader): Card {
  const last = decisions.at(-1) as ExplainedDecision;
  const earlier = decisions.slice(0, -1).slice(-MOST_EARLIER);
  return noteCard({
    subject: `policy-${id}`, level: 'info', title: `${target}: ${last.repair} was ${VERDICT_WORDS[last.verdict]}`,
    body: [
      `For: ${title}.\nDecided ${sayAgo(last.at, reader)}, by ${last.rule === 'default' ? 'the default' : last.rule}: ${last.why}.`,
      ...(choice === null ? [] : [`Why it: ${choice}.`]),
      `Its rule is ${last.ruleSays}.`,
      `What was looked at, in this order:\n${last.looks.map(({ brake, stopped, saw }) => `${stopped ? '■' : '✓'} ${brake}: ${saw}`).join('\n')}`,
      ...(last.change === null ? [] : [`What would have to change: ${last.change}.`]),
      ...(last.today === null ? [] : [`The policy was changed since. Today it would be ${VERDICT_WORDS[last.today.verdict]}: ${last.today.why}.`]),
      ...(earlier.length === 0 ? [] : [`Before that:\n${earlier.map((one) => `- ${one.repair} was ${VERDICT_WORDS[one.verdict]}: ${one.why}`).join('\n')}`]),
    ],
    footer: `incident ${shortId(id as never)} · the rules in force: policy show`,
  });
}

/** Nothing was decided for it. */
export function undecidedCard(incident: Omit<ExplainedIncident, 'decisions' | 'choice'>): Card {
  return noteCard({
    subject: `policy-${incident.id}`, level: 'info', title: `${incident.target}: policy was not asked about this incident`,
    body: [`For: ${incident.title}.\nNo repair was prepared for it, or it was decided before decisions were kept.`], footer: `why ${shortId(incident.id as never)} tells what it waited for`,
  });
}
