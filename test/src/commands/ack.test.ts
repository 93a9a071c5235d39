import { beforeEach, describe, expect, it } from 'vitest';
import { requests } from '../../../monitoring/stages/requests.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import { drawPlain } from '../../../src/cards/plain.js';
import { ack } from '../../../src/commands/ack.js';
import { readAudit } from '../../../src/store/audits.js';
import { eventsOf } from '../../../src/store/events.js';
import { resolveIncident } from '../../../src/store/incidents.js';
import { commandContract } from '../../contracts/command.js';
import { keepLog } from '../../bot/stage.js';
import { broken, watchShop } from './stage.js';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest();
const say = sayOn(stage);

commandContract(ack);

/** The monitor's own stage answers. */
beforeEach(() => {
  const ctx = (): StageContext => ({ store: stage.store, hostId: stage.hostId, clock: { now: () => stage.now }, log: keepLog(), effects: { busy: () => false } }) as unknown as StageContext;
  stage.meanwhile = async () => void (await requests.run(ctx()));
});

describe('ack', () => {
  it('says on the card who has seen it, is told in every channel, and stands in the audit', async () => {
    await watchShop(stage);
    const incident = await broken(stage);
    const { card, exit, data } = await say('ack shop', 'Otto');
    expect(exit).toBe(0);
    expect(data).toMatchObject({ by: 'Otto', again: false, incident: { id: incident.id, ackedBy: 'Otto' } });
    expect(drawPlain(card, { width: 200, color: false })).toMatch(/Seen +by Otto, .*; nobody is called about it until it gets worse/);
    expect((await eventsOf(stage.store.db, incident.id)).map(({ kind, body }) => [kind, body])).toEqual([['incident.changed', { ackedBy: 'Otto' }]]);
    expect((await readAudit(stage.store.db, stage.hostId, 1))[0]).toMatchObject({ who: 'Otto', what: expect.stringContaining('has seen shop: ') as unknown });
  });

  it('keeps the first one, and tells the next who that is', async () => {
    const { id } = await broken(stage);
    await say('ack shop', 'Otto');
    expect((await say(`ack ${id.slice(-6)}`, 'Ann')).data).toMatchObject({ by: 'Otto', again: true });
    expect(await eventsOf(stage.store.db, id)).toHaveLength(1);
  });

  it('is not for what is over, for an app that is well, nor for viewers', async () => {
    await expect(say('ack shop')).rejects.toMatchObject({ code: 'incident.none' });
    const { id } = await broken(stage);
    await expect(say('ack shop', 'Vera')).rejects.toMatchObject({ code: 'denied.role' });
    await stage.store.write((tx) => resolveIncident(tx, id, 'it is good again', stage.now));
    await expect(say(`ack ${id.slice(-6)}`)).rejects.toMatchObject({ code: 'incident.over' });
  });
});
