import { describe, expect, it } from 'vitest';
import type { Act } from '../../../src/domain/act.js';
import { debtOf, sayRestarts } from '../../../src/domain/debt.js';
import type { ResourceId } from '../../../src/domain/ids.js';

const MINUTE = 60_000;
const act = (at: number, change: Partial<Act> = {}): Act => ({ resourceId: 'shop' as ResourceId, at: at * MINUTE, by: 'us', kind: 'restart', fingerprint: null, dedupe: `${at}`, note: 'pm2.reload', ...change });

describe('healing debt', () => {
  it('is none where nothing was repaired', () => {
    expect(debtOf([])).toEqual({ points: 0, restarts: 0, by: [] });
  });

  it('counts restarts of ours and of PM2, a kill twice', () => {
    const pm2 = { by: 'pm2', note: 'exited with code 1' } as const;
    expect(debtOf([act(0), act(10, pm2), act(20, pm2), act(30, { note: 'pm2.kill' })])).toEqual({
      points: 5, restarts: 4, by: [{ what: 'PM2', times: 2 }, { what: 'pm2.kill', times: 1 }, { what: 'pm2.reload', times: 1 }],
    });
  });

  it.each([
    ['a burst of PM2 once', [0, 0.1, 0.2, 0.3].map((at) => act(at, { by: 'pm2', note: null })), 1],
    ['no restart of a person, who may have deployed', [act(0, { by: 'person' })], 0],
    ['no rollback, which takes the cause away', [act(0, { kind: 'rollback', note: 'release.rollback' })], 0],
    ['no repair that is not known to hide anything', [act(0, { note: 'certificate.renew' })], 0],
    ['no end that came with PM2’s own', [act(0, { by: 'pm2', note: 'ended together with its entry in PM2' })], 0],
    ['a crash soon after PM2 itself had ended', [act(0, { by: 'pm2', note: 'ended together with its entry in PM2' }), act(0.2, { by: 'pm2', note: 'exited with code 1' })], 1],
    ['no exit that nothing followed', [act(0, { by: 'pm2', kind: 'exit' })], 0],
  ] as const)('counts %s', (_what, acts, points) => {
    expect(debtOf(acts).points).toBe(points);
  });

  it('is said in restarts', () => {
    expect([1, 11].map((restarts) => sayRestarts({ restarts }))).toEqual(['1 restart', '11 restarts']);
  });
});
