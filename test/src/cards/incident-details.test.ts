import { expect, it } from 'vitest';
import { incidentDetails } from '../../../src/cards/incident-details.js';
import { drawPlain } from '../../../src/cards/plain.js';
import { asking, BEGAN, finding, plan, question, run, UTC, view } from './views.js';

const step = { remediationId: 'run-1' as never, dir: 'do' as const, n: 0, name: 'reload', state: 'done' as const, intendedAt: BEGAN + 2_000, deadlineAt: BEGAN + 32_000, endedAt: BEGAN + 5_500, receipt: null, error: null };

it('tells every finding, policy’s word on each plan, the journal, the evidence and the answers', () => {
  const whole = view({
    ...asking,
    remediations: [run({ evidence: [{ kind: 'logs', at: BEGAN, missing: null }, { kind: 'changes', at: BEGAN, missing: 'the config names no repository' }], steps: [step, { ...step, dir: 'undo', state: 'failed', error: 'PM2 does not answer' }] })],
    question: { ...question, need: 2, answers: [{ questionId: question.id, personId: 'ann' as never, yes: true, via: 'slack', at: BEGAN + 120_000, outcome: 'counted', name: 'Ann' }] },
  });
  const card = incidentDetails(whole, UTC);
  expect(card.buttons.map(({ label }) => label)).toEqual(['Roll back', 'Not now']);
  expect(drawPlain({ ...card, body: card.body.slice(-5) }, { width: 80, color: false })).toMatchInlineSnapshot(`
    "✗ CRITICAL  shop: may I roll back to 9d1e003? /checkout: status 500, 3 checks in
                a row over 20 s
      Findings:
      critical: /checkout: status 500, 3 checks in a row over 20 s
      (endpoint-failing, 03:12 UTC to 03:13 UTC, open)

      Plans, and policy’s word on each:
      pm2.reload: done; policy: auto by rule shop repairs itself (the rule “shop
      repairs itself” lets it act and tell); plan aaaaaaaaaaaa
      release.rollback: asked; policy: ask by rule rollbacks ask (the rule
      “rollbacks ask” asks first); plan bbbbbbbbbbbb

      Journal:
      pm2.reload, step 1, reload: done after 3.5 s
      pm2.reload, taking back step 1, reload: failed after 3.5 s: PM2 does not
      answer

      Evidence:
      Kept before pm2.reload: logs. Not there: changes (the config names no
      repository).

      Answers:
      Ann: yes at 03:14 UTC, by slack: counted

      Began    03:12 UTC, 4 min ago
      Release  4f2a91c (watching)

      Choices: Roll back · Not now
      incident k2m9qx · to answer in words: approve shop, deny shop"
  `);
});

it('bounds its lists', () => {
  const many = view({ findings: Array.from({ length: 100 }, (_, n) => ({ ...finding, id: `f${n}` as never })), plans: Array.from({ length: 100 }, (_, n) => plan({ id: `p${n}` as never })) });
  expect(incidentDetails(many, UTC).body.join('\n').split('\n').length).toBeLessThan(50);
});
