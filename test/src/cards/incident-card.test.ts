import { describe, expect, it } from 'vitest';
import { incidentCard } from '../../../src/cards/incident-card.js';
import { incidentDetails } from '../../../src/cards/incident-details.js';
import { drawPlain } from '../../../src/cards/plain.js';
import type { IncidentView } from '../../../src/domain/incident-view.js';
import { asking, bad, BEGAN, finding, good, incident, launch, MINUTE, OWES, plan, question, reload, rollbackPlan, run, switchBack, UTC, view } from './views.js';

const draw = (shown: IncidentView, reader = UTC, width = 80): string => drawPlain(incidentCard(shown, reader), { width, color: false });

describe('the card of an incident', () => {
  it('says at first what is wrong, since when, and after which release', () => {
    expect(draw(view())).toMatchInlineSnapshot(`
      "✗ CRITICAL  shop: /checkout: status 500, 3 checks in a row over 20 s
        At 03:13 UTC: status 500 × 3
        last good 45 s ago

        It began 23 min after release 4f2a91c went live.

        Began    03:12 UTC, 4 min ago
        Release  4f2a91c (watching)

        incident k2m9qx"
    `);
  });

  it('tells what was tried, and asks for the rollback with every step', () => {
    expect(draw(asking)).toMatchInlineSnapshot(`
      "✗ CRITICAL  shop: may I roll back to 9d1e003? /checkout: status 500, 3 checks in
                  a row over 20 s
        At 03:13 UTC: status 500 × 3
        last good 45 s ago

        It began 23 min after release 4f2a91c went live.

        pm2.reload: did not help (41 s): /checkout was still bad

        May decide: Ann, Bob.
        Expires 03:44 UTC, in 28 min; without an answer nothing is done.

        9d1e003 ran well for 3 d; it is on disk and needs no install.
        12 files differ, the lockfile does not, no migration.
        At most 2 restarts.
        Way back: the same two steps to 4f2a91c, which stays on disk

        A yes does exactly this:
        1. rename current → releases/9d1e003 (at most 5 s)
        2. pm2 reload shop (at most 30 s)

        Began    03:12 UTC, 4 min ago
        Release  4f2a91c (watching)

        Choices: Roll back · Not now · Details
        incident k2m9qx · to answer in words: approve shop, deny shop"
    `);
  });

  it('reads at 40 columns', () => {
    expect(draw(asking, UTC, 40)).toMatchInlineSnapshot(`
      "✗ CRITICAL  shop: may I roll back to
                  9d1e003? /checkout: status
                  500, 3 checks in a row over
                  20 s
        At 03:13 UTC: status 500 × 3
        last good 45 s ago

        It began 23 min after release 4f2a91c
        went live.

        pm2.reload: did not help (41 s):
        /checkout was still bad

        May decide: Ann, Bob.
        Expires 03:44 UTC, in 28 min; without
        an answer nothing is done.

        9d1e003 ran well for 3 d; it is on
        disk and needs no install.
        12 files differ, the lockfile does
        not, no migration.
        At most 2 restarts.
        Way back: the same two steps to
        4f2a91c, which stays on disk

        A yes does exactly this:
        1. rename current → releases/9d1e003
        (at most 5 s)
        2. pm2 reload shop (at most 30 s)

        Began    03:12 UTC, 4 min ago
        Release  4f2a91c (watching)

        Choices: Roll back · Not now · Details
        incident k2m9qx · to answer in words:
        approve shop, deny shop"
    `);
  });

  it('names who decided once it was approved, and has no buttons then', () => {
    const decided = { ...question, state: 'approved' as const, decidedAt: BEGAN + 3 * MINUTE, decidedBy: 'Ann' };
    const running = view({
      incident: { ...incident, state: 'repairing' }, question: decided, plans: [plan(), { ...rollbackPlan, state: 'running' }],
      remediations: [run(), run({ id: 'run-2' as never, planId: rollbackPlan.id, repair: 'release.rollback', state: 'running', startedAt: BEGAN + 3 * MINUTE, endedAt: null, outcome: null, steps: [{ remediationId: 'run-2' as never, dir: 'do', n: 0, name: 'switch', state: 'intended', intendedAt: BEGAN, deadlineAt: BEGAN, endedAt: null, receipt: null, error: null }] })],
    });
    expect(incidentCard(running, UTC).buttons).toEqual([]);
    expect(draw(running)).toMatchInlineSnapshot(`
      "✗ CRITICAL  shop: /checkout: status 500, 3 checks in a row over 20 s
        At 03:13 UTC: status 500 × 3
        last good 45 s ago

        It began 23 min after release 4f2a91c went live.

        pm2.reload: did not help (41 s): /checkout was still bad
        release.rollback: running for 60 s, at “switch”

        Asked to roll back to 9d1e003: Ann said yes at 03:15 UTC; it is under way.

        Began    03:12 UTC, 4 min ago
        Release  4f2a91c (watching)

        incident k2m9qx"
    `);
  });

  it('says how long it was and what mended it, once it is over', () => {
    const decided = { ...question, state: 'approved' as const, decidedAt: BEGAN + 3 * MINUTE, decidedBy: 'Ann' };
    const over = view({
      incident: { ...incident, state: 'resolved', closedAt: BEGAN + 4 * MINUTE, reason: 'release.rollback helped' }, release: good, question: decided, findings: [],
      plans: [plan(), { ...rollbackPlan, state: 'done' }],
      remediations: [run(), run({ id: 'run-2' as never, planId: rollbackPlan.id, repair: 'release.rollback', state: 'verified', startedAt: BEGAN + 3 * MINUTE, endedAt: BEGAN + 3 * MINUTE + 41_000, outcome: null })],
    });
    expect(incidentCard(over, UTC).level).toBe('good');
    expect(draw(over)).toMatchInlineSnapshot(`
      "✓ GOOD  shop is good again after 4 min: /checkout: status 500, 3 checks in a row
              over 20 s
        Lasted 4 min, from 03:12 UTC to 03:16 UTC.
        Mended by a rollback to 9d1e003 after 41 s; verified by 3 good checks.

        It began 23 min after release 4f2a91c went live. Release 9d1e003 runs now.

        pm2.reload: did not help (41 s): /checkout was still bad

        Asked to roll back to 9d1e003: Ann said yes at 03:15 UTC; it ran 41 s.

        Release  9d1e003 (stable)

        incident k2m9qx"
    `);
  });

  it('tells a time once where it was over within the minute, and none of what is as young as that', () => {
    const over = view({ incident: { ...incident, state: 'resolved', closedAt: BEGAN + 20_000, reason: 'good again by itself' }, findings: [] });
    expect(draw(over)).toContain('Lasted 20 s, at 03:12 UTC.');
    expect(drawPlain(incidentCard(view({}), { ...UTC, now: BEGAN }), { width: 80, color: false })).toContain('03:12 UTC, just now');
  });

  it('does not tell again what the main problem lists', () => {
    const main = { ...finding, title: 'all 2 endpoints fail', evidence: ['/: status 500', '/checkout: status 500'] };
    const also = (title: string) => ({ ...finding, id: title as never, title });
    const text = draw(view({ incident: { ...incident, title: main.title }, findings: [main, also('/checkout: status 500, 3 checks in a row over 20 s'), also('shop is slow')] }));
    expect([text.includes('Also: /checkout'), text.includes('Also: shop is slow')]).toEqual([false, true]);
  });

  it('does not deny a repair that was begun and not done to its end', () => {
    const ended = (reason: string) => draw(view({ incident: { ...incident, state: 'resolved', closedAt: BEGAN + 4 * MINUTE, reason }, findings: [], plans: [plan()], remediations: [run()] }));
    const text = ended('good again after pm2.reload, which was not done to its end: step “reload shop” was not done within 70 s');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('It is good again after pm2.reload, which was not done to its end: step “reload shop” was not done within 70 s.');
    expect(text).not.toMatch(/without a repair|by itself/);
  });

  it('says how it ended where no repair is proved, and does not claim one, nor that it is good where nobody saw that', () => {
    const over = view({ incident: { ...incident, state: 'resolved', closedAt: BEGAN + 4 * MINUTE, reason: 'superseded by release 77aa001' }, findings: [], plans: [plan()], remediations: [run()] });
    expect(draw(over)).toMatchInlineSnapshot(`
      "i INFO  shop: closed after 4 min: /checkout: status 500, 3 checks in a row over
              20 s
        Lasted 4 min, from 03:12 UTC to 03:16 UTC.
        It ended: superseded by release 77aa001.

        It began 23 min after release 4f2a91c went live.

        pm2.reload: did not help (41 s): /checkout was still bad

        Release  4f2a91c (watching)

        incident k2m9qx"
    `);
  });

  it('says of a repair that people stopped that it was stopped, not that nobody knows whether it helped', () => {
    const stopped = run({ state: 'unclear', settleUntil: null, outcome: 'step “reload shop” was not begun: Ann froze it (looking)' });
    expect(draw(view({ incident: { ...incident, state: 'escalated' }, plans: [plan()], remediations: [stopped] }))).toMatch(/pm2\.reload: was stopped: step “reload shop” was not begun: Ann froze it\s+\(looking\)/);
  });

  it('says of what a person asked for and was refused that it was not done, and why', () => {
    const refused = view({
      incident: { ...incident, kind: 'manual', severity: 'info', state: 'resolved', title: 'Ann asked for pm2.reload', closedAt: BEGAN + 1_000, reason: 'pm2.reload was not possible: the tree is dirty' },
      findings: [], plans: [plan({ state: 'refused', why: 'the tree is dirty', askedBy: 'Ann' })],
    });
    expect(draw(refused)).toMatchInlineSnapshot(`
      "! WARNING  shop: not done: Ann asked for pm2.reload
        Nothing was done: pm2.reload was not possible: the tree is dirty.
        Now: put that right, and ask again.

        It began 23 min after release 4f2a91c went live.

        Release  4f2a91c (watching)

        incident k2m9qx"
    `);
    expect(incidentCard(refused, UTC).level).toBe('warning');
  });

  it('says of what a person asked for that it was done, though it left nothing to prove', () => {
    const stop = plan({ repair: 'pm2.stop', askedBy: 'Ann', prepared: { ...reload, verify: { checks: [], good: 0, settleMs: 0, withinMs: 0 } } });
    const outcome = 'done; nothing is proved, because it ended what could be measured';
    const done = view({ incident: { ...incident, kind: 'manual', title: 'Ann asks for pm2.stop', state: 'resolved', closedAt: BEGAN + 31_000, reason: `pm2.stop: ${outcome}` }, findings: [], plans: [stop], remediations: [run({ repair: 'pm2.stop', state: 'unclear', outcome })] });
    expect(incidentCard(done, UTC)).toMatchObject({ level: 'info', title: 'shop: done after 31 s: Ann asks for pm2.stop' });
    expect(draw(done)).not.toContain('without a repair');
  });

  it('shows the whole plan where the rule only suggests: every step, what is at stake, the way back', () => {
    const suggested = plan({ state: 'denied', verdict: 'deny', rule: 'default', why: 'the rule “default” only suggests' });
    const reason = 'would have run pm2.reload, but the rule “default” only suggests';
    const shown = view({ incident: { ...incident, state: 'escalated', reason }, plans: [suggested], suggested: true });
    for (const drawn of [draw(shown), drawPlain(incidentDetails(shown, UTC), { width: 80, color: false })]) {
      expect(drawn).toContain('Suggested, and not done. pm2.reload would do exactly this:\n  1. pm2 reload shop (at most 30 s)');
      expect(drawn).toContain('At most 2 restarts.\n  Way back: none is needed: the same code runs');
    }
    expect(draw({ ...shown, suggested: false })).not.toContain('would do exactly this');
  });

  it('tells what a hold put off while it holds, and not after that', () => {
    const put = plan({ state: 'denied', verdict: 'deny', rule: 'hold:storm', why: 'hypercare holds it: 3 of 3 apps fell sick at once (a, b, shop)' });
    const hold = { id: 'h-1' as never, hostId: 'h' as never, kind: 'storm', scope: '*', author: 'hypercare', reason: '3 of 3 apps fell sick at once (a, b, shop)', from: BEGAN, until: null, endedAt: null, endedBy: null, key: 'storm:apps' } as const;
    expect(draw(view({ plans: [put], holds: [hold] }))).toContain('pm2.reload: not done: hypercare holds it');
    expect(draw(view({ plans: [put] }))).not.toContain('hypercare holds it');
    expect(draw(view({ plans: [put, plan({ id: 'p-9' as never, state: 'drafted', verdict: null, why: null })], holds: [hold] }))).not.toContain('not done');
  });

  it('tells a refusal that comes again and again once', () => {
    const refused = (id: string) => plan({ id: id as never, repair: 'release.rollback', state: 'refused', why: 'there is no stable release', verdict: null });
    const reason = 'nothing is left to try: release.rollback not possible (there is no stable release)';
    const shown = draw(view({ incident: { ...incident, state: 'escalated', reason }, plans: [refused('p-1'), refused('p-2'), refused('p-3')] }));
    expect(shown.match(/there is no stable release/g)).toHaveLength(1);
  });

  it('says that what began before its release was seen belongs to it', () => {
    expect(draw(view({ launch: { ...launch, startedAt: BEGAN - 33_000 }, badFrom: BEGAN - 31_000 })).replace(/\s+/g, ' ')).toContain('It was bad from the first reading, 2 s after release 4f2a91c went live; counted after 33 s, when it had had time to settle.');
    expect(draw(view({ launch: { ...launch, startedAt: BEGAN + 2 * MINUTE } }))).toContain('It belongs to release 4f2a91c, which was first seen live at 03:14 UTC.');
  });

  it('does not take the watch that somebody begins anew for the release going live', () => {
    const anew = { launch: { ...launch, startedAt: BEGAN - 6_000 }, liveBefore: BEGAN - 2 * MINUTE };
    expect(draw(view({ ...anew, badFrom: BEGAN - 5_000 })).replace(/\s+/g, ' ')).toContain('It was bad already when the watch of release 4f2a91c was begun anew at 03:11 UTC; it is live since 03:10 UTC.');
    expect(draw(view(anew)).replace(/\s+/g, ' ')).toContain('It began 6 s after the watch of release 4f2a91c was begun anew at 03:11 UTC; it is live since 03:10 UTC.');
  });

  it('says what people do now when the machine has stopped', () => {
    const stopped = view({
      incident: { ...incident, state: 'escalated', reason: 'every rung of the runbook was tried' },
      plans: [plan(), plan({ id: 'p-3' as never, repair: 'pm2.kill', state: 'refused', why: 'it does not hang' }), plan({ id: 'p-4' as never, repair: 'pm2.restart', state: 'denied', verdict: 'deny', rule: 'budget:restarts', why: 'its restart budget is used up (3 restarts in 30 min, the limit is 3)' })],
      remediations: [run()],
    });
    expect(draw(stopped)).toMatchInlineSnapshot(`
      "✗ CRITICAL  shop needs you: /checkout: status 500, 3 checks in a row over 20 s
        At 03:13 UTC: status 500 × 3
        last good 45 s ago

        It began 23 min after release 4f2a91c went live.

        pm2.reload: did not help (41 s): /checkout was still bad
        pm2.kill: not possible: it does not hang
        pm2.restart: not done: its restart budget is used up (3 restarts in 30 min,
        the limit is 3)

        hypercare has stopped acting: every rung of the runbook was tried.
        Now: look at its log (pm2 logs shop-web), and mend it; it is still measured,
        and this closes by itself once it is good.
        Or ask for one of these: “repair general shop”, “rollback shop --plan”.

        Began    03:12 UTC, 4 min ago
        Release  4f2a91c (watching)

        incident k2m9qx"
    `);
  });

  it('advises to start a deleted entry, and nothing that needs the entry', () => {
    const body = incidentCard(view({ incident: { ...incident, state: 'escalated', kind: 'process-down', title: "shop is not in PM2's list: 0 of 0 instances online", reason: 'every rung was tried' } }), UTC).body.join('\n');
    expect(body).toContain('Now: start it again as it was started before (pm2 start …)');
    expect(body).not.toMatch(/pm2 logs|repair general|rollback shop/);
  });

  it('calls an expired question expired, and neither denied nor approved', () => {
    const expired = view({ incident: { ...incident, state: 'escalated', reason: 'nobody answered' }, plans: [plan(), { ...rollbackPlan, state: 'expired' }], remediations: [run()], question: { ...question, state: 'expired', decidedAt: question.expiresAt } });
    expect(incidentCard(expired, UTC).body.join('\n')).toContain('Asked to roll back to 9d1e003: nobody answered until 03:44 UTC; nothing was done.');
  });

  it('asks a second time before a disruptive rollback, and names app and version', () => {
    const [yes] = incidentCard(asking, UTC).buttons;
    expect(yes).toEqual({
      label: 'Roll back', style: 'danger', token: `y:${question.id}`,
      confirm: { title: 'shop: really roll back to 9d1e003?', text: 'shop runs 4f2a91c now.', yes: 'Roll back', no: 'Not now' },
    });
  });

  it('asks once where the repair is safe', () => {
    const safe = plan({ id: rollbackPlan.id, state: 'asked', verdict: 'ask', why: 'the rule “default” asks first' });
    const [yes, no, details] = incidentCard(view({ plans: [safe], question }), UTC).buttons;
    expect([yes?.style, yes?.confirm]).toEqual(['primary', null]);
    expect([no?.label, no?.token]).toEqual(['Not now', `n:${question.id}`]);
    expect([details?.label, details?.token]).toEqual(['Details', `d:${incident.id}`]);
  });

  it('has no token of more than 60 bytes, and at most three buttons', () => {
    const { buttons } = incidentCard(asking, UTC);
    expect(buttons).toHaveLength(3);
    for (const { token } of buttons) expect(Buffer.byteLength(token)).toBeLessThanOrEqual(60);
  });

  it('shows times in the zone of the reader', () => {
    expect(incidentCard(view(), { ...UTC, timeZone: 'Europe/Berlin' }).fields[0]?.value).toBe('04:12 CET, 4 min ago');
    expect(incidentCard(view(), { ...UTC, timeZone: 'America/New_York' }).fields[0]?.value).toBe('22:12 EST, 4 min ago');
    expect(incidentCard(view(), { ...UTC, timeZone: 'Asia/Kolkata' }).fields[0]?.value).toBe('08:42 GMT+5:30, 4 min ago');
    expect(incidentCard(view(), { ...UTC, timeZone: 'Nowhere/Land' }).fields[0]?.value).toBe('03:12 UTC, 4 min ago');
  });

  it('says from the third restart on that the app lives by them', () => {
    expect(incidentCard(view({ debt: { points: 2, restarts: 2, by: [{ what: 'PM2', times: 2 }] } }), UTC).fields.map(({ name }) => name)).not.toContain('Healing debt');
    expect(incidentCard(view({ debt: OWES }), UTC).fields).toContainEqual({ name: 'Healing debt', value: '5: 4 restarts (2 by PM2 itself, 1 × pm2.kill, 1 × pm2.reload)' });
  });

  it('says how many people are needed, and who has said yes', () => {
    const two = view({ plans: [rollbackPlan], question: { ...question, need: 2, answers: [{ questionId: question.id, personId: 'a' as never, yes: true, via: 'slack', at: BEGAN, outcome: 'counted', name: 'Ann' }] } });
    expect(incidentCard(two, UTC).body.join('\n')).toContain('It needs 2 people; so far yes from Ann.');
  });

  it('says of a deploy that did not go well whether it was gone back from, or is live and for people to decide', () => {
    const step = (dir: 'do' | 'undo', name: string): object => ({ remediationId: 'run-1', dir, n: 1, name, state: 'done', intendedAt: BEGAN, deadlineAt: BEGAN, endedAt: BEGAN, receipt: null, error: null });
    const ended = (steps: readonly object[]): string => draw(view({
      incident: { ...incident, kind: 'manual', state: 'resolved', closedAt: BEGAN + MINUTE, title: 'Ann asked for a deploy of v4' },
      plans: [plan({ repair: 'release.deploy', prepared: { ...switchBack, brings: '10bc30a'.padEnd(40, '0') } })],
      remediations: [run({ repair: 'release.deploy', outcome: 'http:/ is still bad: status 500', steps: steps as never })],
    })).replace(/\s+/g, ' ');
    expect(ended([step('do', 'switch current'), step('undo', 'switch current')])).toContain('So 10bc30a is not live: http:/ is still bad: status 500.');
    expect(ended([step('do', 'build')])).toContain('So 10bc30a is not live:');
    expect(ended([step('do', 'switch current')])).toContain('So 10bc30a is live and not proved well: http:/ is still bad: status 500. It was not gone back from by itself. Now: you decide. What a rollback would do: rollback shop --plan; or deploy what mends it.');
  });

  it('says of a release that was rolled back before why it was, and when', () => {
    const again = { ...bad, verdict: 'bad' as const, verdictReason: 'rolled back: status 500', quarantinedAt: BEGAN - 70_000 };
    expect(incidentCard(view({ release: again }), UTC).fields).toContainEqual({ name: 'Release', value: expect.stringMatching(/^4f2a91c \(was found bad \(rolled back: status 500\), .+ ago\)$/) as string });
  });

  it('says who asked for it and why, and why the machine asks where a rule alone would not say', () => {
    const words = (change: object): string => incidentCard(view({ plans: [{ ...rollbackPlan, ...change }], question }), UTC).body.join('\n');
    expect(words({ askedBy: 'Bob', args: { reason: 'checkout is broken' }, rule: 'asked-by-operator', why: 'Bob asked for it; an approver says yes' })).toContain('Bob asks for it: checkout is broken.\nMay decide: Ann, Bob.');
    expect(words({ rule: 'budget:rollbacks', why: 'it was rolled back once in 24 h already' })).toContain('I ask because it was rolled back once in 24 h already.');
    expect(words({})).not.toContain('because');
  });

  it('shows the ends of long paths, and no fifth note; Details show all of it', () => {
    const long = { ...switchBack, does: [{ name: 'switch', does: 'rename /srv/apps/shop/current → /srv/apps/shop/releases/9d1e003', timeoutMs: 5_000 }], wayBack: 'ln -sfn /srv/apps/shop/releases/4f2a91c /srv/apps/shop/current', notes: ['one', 'two', 'three', 'four', 'by hand: five'], bounds: { restarts: 2, migrations: 0 } };
    const shown = view({ plans: [{ ...rollbackPlan, prepared: long }], question });
    expect(incidentCard(shown, UTC).body.slice(-2).join('\n')).toBe('one\ntwo\nthree\nfour\nAt most 2 restarts, no migrations.\nWay back: ln -sfn …/releases/4f2a91c …/shop/current\nA yes does exactly this:\n1. rename …/shop/current → …/releases/9d1e003 (at most 5 s)');
    const whole = incidentDetails(shown, UTC).body.join('\n');
    for (const part of ['by hand: five', long.wayBack, long.does[0]?.does as string]) expect(whole).toContain(part);
  });

  it('says that nobody may decide where nobody may', () => {
    expect(incidentCard(view({ plans: [rollbackPlan], question, approvers: [] }), UTC).body.join('\n')).toContain('Nobody may decide: name an approver in hypercare.yaml.');
  });

  it('asks within the first hundred characters of the title, however long it is, and cuts what is wrong', () => {
    const long = view({ ...asking, incident: { ...asking.incident, title: `/checkout: ${'x'.repeat(300)}` } });
    const { title } = incidentCard(long, UTC);
    expect(title).toMatch(/^shop: may I roll back to 9d1e003\? \/checkout: x+…$/);
    expect(title).toHaveLength(150);
  });

  it('bounds what it lists', () => {
    const plans = Array.from({ length: 40 }, (_, n) => plan({ id: `p${n}` as never, state: 'refused', why: `reason ${n}` }));
    const findings = Array.from({ length: 40 }, (_, n) => ({ ...view().findings[0]!, id: `f${n}` as never, title: `finding ${n}`, evidence: Array.from({ length: 30 }, () => 'line') }));
    expect(draw(view({ plans, findings })).split('\n').length).toBeLessThan(25);
  });
});
