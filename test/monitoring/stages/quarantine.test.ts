import { describe, expect, it } from 'vitest';
import { liftQuarantine } from '../../../monitoring/stages/quarantine.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { Request } from '../../../src/store/requests.js';
import { getResource } from '../../../src/store/resources.js';
import { judgeRelease, ledgerOf } from '../../../src/store/releases.js';
import { stageOfEachTest } from '../../src/commands/spoken.js';
import { release } from '../../src/commands/stage.js';

const stage = stageOfEachTest();

async function lift(commit: string, reason = 'the config was wrong'): Promise<unknown> {
  const app = await getResource(stage.store.db, stage.shop);
  const ctx = { hostId: stage.hostId, clock: { now: () => stage.now }, log: { info: () => undefined } } as unknown as StageContext;
  return stage.store.write((tx) => liftQuarantine(tx, ctx, app, { personName: 'Otto', args: { commit, reason } } as unknown as Request));
}

describe('lifting a quarantine', () => {
  it('makes every release of the commit one that was never watched, and is written down with who and why', async () => {
    const { id } = await release(stage, '0076708');
    await stage.store.write((tx) => judgeRelease(tx, id, 'bad', 'rolled back: 500', stage.now));
    expect(await lift('0076708')).toEqual({ release: '0076708', was: 'was found bad (rolled back: 500)' });
    expect(await ledgerOf(stage.store.db, stage.shop)).toMatchObject([{ verdict: 'unwatched', quarantinedAt: null, verdictReason: 'quarantine lifted by Otto: the config was wrong' }]);
    expect(await stage.store.db.selectFrom('audits').select(['who', 'what', 'why']).execute()).toEqual([{ who: 'Otto', what: 'shop 0076708 may be deployed again, although it was found bad (rolled back: 500)', why: 'the config was wrong' }]);
  });

  it('is refused for what is in none, was never seen, or without a reason', async () => {
    await release(stage, '6ab0c14', true);
    await expect(lift('6ab0c14')).rejects.toThrow('6ab0c14 is not in quarantine');
    await expect(lift('fffffff')).rejects.toThrow('no release of shop that was seen is called fffffff');
    await expect(lift('6ab0c14', ' ')).rejects.toThrow('needs a reason');
  });
});
