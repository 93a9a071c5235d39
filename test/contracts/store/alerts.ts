import { describe, expect, it } from 'vitest';
import { ALERT_FOR_MS, type Alert } from '../../../src/domain/alert.js';
import { alertsFiring, noteAlerts } from '../../../src/store/alerts.js';
import { MINUTE, NOW, type Stage } from './stage.js';

export function alertsContract(stage: Stage): void {
  describe('alerts', () => {
    const alert = (fingerprint: string, at = NOW): Alert => ({ fingerprint, resourceId: stage.shop, name: 'HighErrors', severity: 'warning', summary: 'so', labels: { app: 'shop' }, startedAt: at - MINUTE, at });
    const note = (firing: readonly Alert[], over: readonly string[] = [], now = NOW) => stage.write((tx) => noteAlerts(tx, stage.hostId, { firing, over, now }));
    const firing = async (now = NOW): Promise<readonly string[]> => (await alertsFiring(stage.store.db, stage.hostId, now)).map(({ fingerprint }) => fingerprint);

    it('are one row each, as they were told last, until they are over', async () => {
      expect(await note([alert('b'), alert('a', NOW + 1)])).toBe(2);
      expect(await note([{ ...alert('b'), summary: 'worse' }])).toBe(2);
      expect(await alertsFiring(stage.store.db, stage.hostId, NOW)).toEqual([{ ...alert('b'), summary: 'worse' }, alert('a', NOW + 1)]);
      expect([await note([], ['b', 'never-heard-of']), await firing()]).toEqual([1, ['a']]);
    });

    it('that nobody tells of any more are over, and go', async () => {
      await note([alert('a')]);
      expect([await firing(NOW + ALERT_FOR_MS), await firing(NOW + ALERT_FOR_MS + 1)]).toEqual([['a'], []]);
      expect(await note([], [], NOW + ALERT_FOR_MS + 1)).toBe(0);
    });
  });
}
