import type { Debt } from '../domain/debt.js';
import { sayTally, type Tally } from '../domain/learning.js';
import { trustRule, type TrustProposal } from '../domain/trust.js';
import { aboutProposal } from './about.js';
import type { Card, ToldCard } from './card.js';
import { sayDebt } from './debt-words.js';
import { noteCard } from './note-card.js';

/** What one app's repairs came to. */
export interface LearnedOfApp {
  readonly app: string;
  readonly tallies: readonly Tally[];
  /** Of one kind of incident: which repair goes before which, wherever the runbook has both. */
  readonly first: readonly { readonly kind: string; readonly repair: string; readonly before: string }[];
  readonly proposals: readonly TrustProposal[];
  readonly debt: Debt;
}

const RULES = 'a repair helped where the problem stayed away for 24 h; orders change from 4 runs on, and a rollback is never moved';

/** What was learned of repairs, with its counts. */
export function learnedCard(apps: readonly LearnedOfApp[]): Card {
  const known = apps.filter(({ tallies, debt }) => tallies.length > 0 || debt.points > 0);
  const runs = apps.flatMap(({ tallies }) => tallies).reduce((sum, one) => sum + one.runs + one.unknown, 0);
  const [only] = apps;
  const where = apps.length === 1 && only ? `${only.app}: ` : '';
  return noteCard({
    subject: 'learned', level: 'info',
    title: runs === 0 ? `${where}nothing was learned yet: no repair of an incident has ended` : `${where}what became of ${runs} ${runs === 1 ? 'repair' : 'repairs'}`,
    body: known.map((one) => drawApp(one, apps.length === 1)),
    ...(runs === 0 ? {} : { footer: RULES }),
  });
}

function drawApp({ app, tallies, first, proposals, debt }: LearnedOfApp, alone: boolean): string {
  const kinds = [...new Set(tallies.map(({ kind }) => kind))];
  return [
    ...(alone ? [] : [app]),
    ...kinds.flatMap((kind) => [
      `For ${kind}:`,
      ...tallies.filter((one) => one.kind === kind).map((one) => `- ${sayRepair(one)}`),
      ...first.filter((one) => one.kind === kind).map(({ repair, before }) => `So ${repair} is tried before ${before}.`),
    ]),
    ...proposals.flatMap((one) => [`${sayEvidence(one)}. Proposed: ${one.to}; write this first under policy.rules:`, trustRule(one, app)]),
    ...(debt.points === 0 ? [] : [`Healing debt ${debt.points} in 7 days: ${sayDebt(debt)}.`]),
  ].join('\n');
}

function sayRepair(one: Tally): string {
  if (one.runs === 0) return `${one.repair}: ${one.unknown} ${one.unknown === 1 ? 'run' : 'runs'}, not known yet`;
  return `${one.repair} ${sayTally(one)}${one.unknown === 0 ? '' : `, ${one.unknown} not known yet`}`;
}

/** What people are proposed, once; they alone write it into the policy. */
export function trustCard(proposal: Pick<TrustProposal, 'repair' | 'to' | 'runs'> & { readonly app: string }, subject: string): ToldCard {
  const { app, repair, to } = proposal;
  const wish = to === 'ask' ? `Proposed: ask you before ${repair} on ${app}.` : `Proposed: let it do ${repair} on ${app} by itself, and tell you.`;
  const card = noteCard({
    subject, level: 'info', title: `${app}: ${sayEvidence(proposal)}`,
    body: [`${wish} Nothing changes unless you change it.`, `For that, write this first under policy.rules in hypercare.yaml, then “npm start”:\n${trustRule(proposal, app)}`],
    footer: `what it rests on: learned ${app}`,
  });
  return { ...card, about: aboutProposal(app) };
}

function sayEvidence({ repair, to, runs }: Pick<TrustProposal, 'repair' | 'to' | 'runs'>): string {
  return to === 'ask' ? `${repair} did not help ${runs} times in a row` : `${repair} helped ${runs} times in a row, each after a yes`;
}
