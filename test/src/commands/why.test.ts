import { describe, expect, it } from 'vitest';
import type { Result } from '../../../src/commands/command.js';
import { why } from '../../../src/commands/why.js';
import { drawPlain } from '../../../src/cards/plain.js';
import { resolveIncident } from '../../../src/store/incidents.js';
import { changeWait, noteRecord } from '../../../src/store/spans.js';
import { commandContract } from '../../contracts/command.js';
import { MINUTE } from '../cards/views.js';
import { sayOn, stageOfEachTest } from './spoken.js';
import { asked, broken, launched, watchShop } from './stage.js';

const stage = stageOfEachTest();
const say = sayOn(stage);
const text = (result: Result): string => drawPlain(result.card, { width: 72, color: false });

commandContract(why);

describe('why', () => {
  it('tells an app’s newest incident step by step: what was seen, decided and waited for', async () => {
    await launched(stage);
    const incident = await broken(stage);
    const at = stage.now;
    await stage.store.write(async (tx) => {
      await noteRecord(tx, { incidentId: incident.id, text: 'incident on shop: /checkout fails', why: 'status 500 × 3', auditSeq: 4 }, at);
      await changeWait(tx, incident.id, { kind: 'dependency', text: 'it waits for a fresh reading of redis' }, at);
      await changeWait(tx, incident.id, { kind: 'preparing', text: 'release.rollback is looked at' }, at + 8_000);
      await noteRecord(tx, { incidentId: incident.id, text: 'release.rollback on shop: ask', why: 'rule rollbacks ask', auditSeq: 5 }, at + 8_100);
      await changeWait(tx, incident.id, { kind: 'question', text: 'people were asked for release.rollback; nobody has answered' }, at + 8_100);
    });
    await asked(stage, incident);
    stage.now += 2 * MINUTE;
    const result = await say('why shop', 'Vera');
    expect(result).toMatchObject({ exit: 1, data: { version: 1, at: 'shop', incident: { id: incident.id }, story: [{ kind: 'record', auditSeq: 4 }, { kind: 'dependency', times: 1 }, { kind: 'preparing' }, { kind: 'record', why: 'rule rollbacks ask' }, { kind: 'question', to: null }] } });
    expect(text(result).replaceAll(incident.id.slice(-6), '<id>')).toMatchInlineSnapshot(`
      "✗ CRITICAL  shop: /checkout: status 500, 3 checks in a row over 20 s
        Now: people were asked for release.rollback; nobody has answered
        (since 03:12 UTC, 112 s ago).

        Nothing was done to shop.

        Step by step, from 03:12 UTC:
        03:12:00  incident on shop: /checkout fails (status 500 × 3)
        03:12:00  it waits for a fresh reading of redis (until 03:12:08)
        03:12:08  release.rollback on shop: ask (rule rollbacks ask)
        03:12:08  people were asked for release.rollback; nobody has answered
        (still, for 112 s)

        incident <id> · all of it: why <id> --json"
    `);
    expect(await say(`why ${incident.id.slice(-6)}`)).toMatchObject({ data: { incident: { id: incident.id } } });
  });

  it('is over with its incident', async () => {
    const incident = await broken(stage);
    await stage.store.write(async (tx) => {
      await changeWait(tx, incident.id, { kind: 'question', text: 'people were asked' }, stage.now);
      await resolveIncident(tx, incident.id, 'good again by itself', stage.now + MINUTE);
    });
    const result = await say('why SHOP');
    expect(result).toMatchObject({ exit: 0, data: { story: [{ to: new Date(stage.now + MINUTE).toISOString() }] } });
    expect(text(result)).toContain('It ended without a repair of ours: good again by itself.');
  });

  it('says of an app without any incident since when it is good', async () => {
    await launched(stage);
    await watchShop(stage, 'error', stage.now - 5 * MINUTE);
    await watchShop(stage, 'good');
    const result = await say('why shop');
    expect(result).toMatchObject({ exit: 0, data: { incident: null, verdict: 'good', checks: [{ name: 'liveness', verdict: 'good' }] } });
    expect(text(result)).toMatchInlineSnapshot(`
      "✓ GOOD  shop has had no incident, so nothing was done
        It is good: 1 check good.

        liveness: good since 03:07 UTC, 5 min ago, before that error (connect
        refused); last measured 03:12 UTC"
    `);
  });

  it('says of an app that is not known why nothing was seen', async () => {
    const result = await say('why blog');
    expect(result).toMatchObject({ exit: 3, data: { verdict: 'unknown' } });
    expect(text(result)).toContain('It is not known: ');
  });

  it.each([
    ['why nothing-of-that-name', { code: 'app.unknown' }],
    ['why 9x9x9x', { code: 'incident.unknown' }],
    ['why', { code: 'usage' }],
  ])('“%s” is answered with what there is', async (line, error) => {
    await expect(say(line)).rejects.toMatchObject(error);
  });
});
