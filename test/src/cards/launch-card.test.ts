import { describe, expect, it } from 'vitest';
import { launchCard } from '../../../src/cards/launch-card.js';
import { drawPlain } from '../../../src/cards/plain.js';
import type { LaunchView } from '../../../src/domain/launch-view.js';
import { bad, BEGAN, good, incident, launch, MINUTE, NO_DEBT, OWES, view } from './views.js';

const HOUR = 60 * MINUTE;
const START = launch.startedAt;
const fresh: LaunchView = { launch, app: view().resource, release: bad, wayBack: { release: good, why: 'passed its watch: 300 readings', restorable: true, passedOver: [] }, incidents: [], repairs: [], debt: NO_DEBT, readings: { good: 0, bad: 0, unknown: 0, error: 0 } };
const past = { ...incident, state: 'resolved' as const, closedAt: BEGAN + 4 * MINUTE };
const at = (ms: number) => ({ now: START + ms, timeZone: 'UTC' });
const draw = (shown: LaunchView, reader: ReturnType<typeof at>): string => drawPlain(launchCard(shown, reader), { width: 72, color: false });

describe('the card of a launch', () => {
  it('says at its start what is watched, until when, and where the way back leads', () => {
    expect(draw(fresh, at(1_000))).toMatchInlineSnapshot(`
      "i INFO  shop: release 4f2a91c is live, watched for 72 h
        Watched until 24 Nov 02:49 UTC. Next full check 03:19 UTC, in 30 min.

        Way back: release 9d1e003, stable since 17 Nov 09:12 UTC: passed its
        watch: 300 readings.

        launch h1abcd: a new release was seen running"
    `);
  });

  it('says that there is no way back where there is none', () => {
    expect(draw({ ...fresh, wayBack: { release: null, why: 'only what runs was ever seen', restorable: true, passedOver: [] } }, at(1_000))).toContain('Way back: none; only what runs was ever seen.');
    const next = draw({ ...fresh, wayBack: { release: null, why: 'only what runs was ever seen', restorable: true, atNext: true, passedOver: [] } }, at(1_000)).replace(/\s+/g, ' ');
    expect(next).toContain('Way back: none yet; only what runs was ever seen. What runs is stable: it is the way back of the next release that goes live.');
    expect(next).not.toContain('restore-point');
  });

  it('says after six hours how it went', () => {
    const calm: LaunchView = { ...fresh, launch: { ...launch, nextTickAt: START + 6.5 * HOUR }, readings: { good: 1_460, bad: 3, unknown: 0, error: 1 }, incidents: [past], repairs: [{ repair: 'pm2.reload', times: 1 }] };
    expect(launchCard(calm, at(6 * HOUR)).level).toBe('good');
    expect(draw(calm, at(6 * HOUR))).toMatchInlineSnapshot(`
      "✓ GOOD  shop: 6 h after release 4f2a91c went live all is well
        Watched until 24 Nov 02:49 UTC. Next full check 09:19 UTC, in 30 min.

        1464 readings: 1460 good, 3 bad, 1 not measurable.

        1 incident:
        /checkout: status 500, 3 checks in a row over 20 s (03:12 UTC, for 4
        min)

        Repairs: pm2.reload × 1.

        Way back: release 9d1e003, stable since 17 Nov 09:12 UTC: passed its
        watch: 300 readings.

        launch h1abcd: a new release was seen running"
    `);
  });

  it('counts an incident from when it really began, as its own card does', () => {
    const born: LaunchView = { ...fresh, incidents: [{ ...past, began: BEGAN - 2 * MINUTE }] };
    expect(draw(born, at(6 * HOUR))).toMatch(/\(03:10 UTC, for 6\s+min\)/);
  });

  it('does not call it well while an incident is open', () => {
    const sick: LaunchView = { ...fresh, incidents: [incident] };
    expect(launchCard(sick, at(7 * HOUR))).toMatchObject({ level: 'warning', title: 'shop: 7 h after release 4f2a91c went live something is wrong' });
  });

  it.each([
    ['stable', 'good', 'shop: release 4f2a91c is stable after 72 h'],
    ['unproven', 'warning', 'shop: 72 h are over, and release 4f2a91c is not proven'],
    ['superseded', 'info', 'shop: release 4f2a91c was replaced after 72 h'],
    ['rolled_back', 'info', 'shop: release 4f2a91c was rolled back after 72 h'],
  ] as const)('tells how it ended: %s', (state, level, title) => {
    const ended: LaunchView = { ...fresh, launch: { ...launch, state, endedAt: START + 72 * HOUR } };
    expect(launchCard(ended, at(80 * HOUR))).toMatchObject({ level, title });
  });

  it('says what a stable release owes to repairs', () => {
    const owing: LaunchView = { ...fresh, launch: { ...launch, state: 'stable', endedAt: START + 72 * HOUR, nextTickAt: null }, debt: OWES, readings: { good: 8_812, bad: 0, unknown: 0, error: 0 }, repairs: [{ repair: 'pm2.reload', times: 1 }, { repair: 'pm2.kill', times: 1 }] };
    expect(draw(owing, at(72 * HOUR))).toMatchInlineSnapshot(`
      "✓ GOOD  shop: release 4f2a91c is stable after 72 h, but only because of
              4 restarts
        8812 readings: 8812 good.

        No incident.

        Repairs: pm2.reload × 1, pm2.kill × 1.

        Healing debt 5: 4 restarts (2 by PM2 itself, 1 × pm2.kill, 1 ×
        pm2.reload). What they hide is not mended.

        launch h1abcd: a new release was seen running"
    `);
  });

  it('says what people do with a release that is not proven', () => {
    const unproven: LaunchView = {
      ...fresh, launch: { ...launch, state: 'unproven', endedAt: START + 72 * HOUR, nextTickAt: null }, release: { ...bad, verdict: 'unproven', verdictReason: 'a fifth of the readings were unknown' },
      readings: { good: 7_000, bad: 0, unknown: 1_800, error: 12 },
    };
    expect(draw(unproven, at(72 * HOUR))).toMatchInlineSnapshot(`
      "! WARNING  shop: 72 h are over, and release 4f2a91c is not proven
        8812 readings: 7000 good, 1800 unknown, 12 not measurable.

        No incident.

        Not proven: a fifth of the readings were unknown.
        Now: watch on with “launch shop”, or accept it with “restore-point
        shop --reason …”.

        launch h1abcd: a new release was seen running"
    `);
  });
});
