import { describe, expect, it } from 'vitest';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest();
const say = sayOn(stage);

describe('who may not', () => {
  it('is told whose role is what, and who may', async () => {
    await expect(say('repair pm2.reload shop', 'Vera')).rejects.toMatchObject({
      code: 'denied.role', errorClass: 'denied', message: '“repair” asks for an operator, and Vera is a viewer', mend: 'These may: Ann (approver), Bob (approver), Otto (operator).',
    });
  });

  it('is a stranger in a chat, who may not even look', async () => {
    await expect(say('status', null)).rejects.toMatchObject({ code: 'denied.stranger', message: '“status” asks for a viewer, and the slack account U0NOBODY belongs to nobody who is known here' });
  });

  it('is a stranger in the terminal, who may look and not ask', async () => {
    const root = { via: 'terminal', userId: 'root' } as const;
    expect((await say('status', null, root)).data['version']).toBe(1);
    await expect(say('launch shop', null, root)).rejects.toMatchObject({ code: 'denied.stranger' });
  });

  it('writes nothing', async () => {
    await say('rollback shop --reason now', 'Vera').catch(() => undefined);
    expect(await stage.store.db.selectFrom('requests').selectAll().execute()).toEqual([]);
    expect(stage.pokes).toBe(0);
  });
});
