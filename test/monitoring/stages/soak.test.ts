import { describe, expect, it } from 'vitest';
import { launchSighted } from '../../../monitoring/stages/launching.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import { noteAct } from '../../../src/store/acts.js';
import { checksOf } from '../../../src/store/checks.js';
import { openIncident, resolveIncident } from '../../../src/store/incidents.js';
import { openLaunch } from '../../../src/store/launches.js';
import { enterRelease, judgeRelease, ledgerOf } from '../../../src/store/releases.js';
import { insertSamples } from '../../../src/store/samples.js';
import type { Db } from '../../../src/store/schema.js';
import { givenOnce } from '../../doubles/given.js';
import { appOf, quietShop } from './quiet-shop.js';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 22, 10, 0, 0);
const watched = quietShop(NOW, { given: givenOnce });

interface Past {
  readonly hours: number;
  readonly soakMs?: number;
  readonly restart?: boolean;
  readonly incident?: boolean;
  readonly blind?: boolean;
}

class Undone extends Error {}

/** A release ran so long, then another is seen; what is said of the first one then. */
async function replacedAfter({ hours, soakMs, restart, incident, blind }: Past): Promise<{ readonly verdict: string; readonly reason: string | null }> {
  const { store, monitor } = watched;
  const app = await appOf(watched);
  const ctx: StageContext = { ...monitor.ctx, settings: { ...monitor.ctx.settings, policy: { ...monitor.ctx.settings.policy, ...(soakMs === undefined ? {} : { soakMs }) } } };
  const now = ctx.clock.now();
  const found: { verdict: string; reason: string | null }[] = [];
  const past = async (tx: Db): Promise<void> => {
    const old = await enterRelease(tx, app.id, { commit: 'a'.repeat(40), dir: '/srv/shop', lockHash: null, configHash: null, nodeVersion: null }, now - hours * HOUR);
    await judgeRelease(tx, old.id, 'watching', 'seen', now - hours * HOUR);
    const launch = await openLaunch(tx, { appId: app.id, releaseId: old.id, endsAt: now + 72 * HOUR, autoRollback: true, why: 'first seen' }, now - hours * HOUR);
    const [check] = await checksOf(tx, app.id);
    for (let n = 1; n <= hours; n += 1) await insertSamples(tx, [{ checkId: check?.id as number, at: now - n * HOUR + 1, verdict: blind ? 'error' : 'good', ms: 5, values: [], note: null }]);
    if (restart) await noteAct(tx, { resourceId: app.id, at: now - HOUR, by: 'pm2', kind: 'restart', fingerprint: null, dedupe: 'once', note: 'exited with code 1' });
    if (incident) {
      const { id } = await openIncident(tx, { resourceId: app.id, launchId: launch.id, kind: 'endpoint-failing', severity: 'critical', emergency: false, title: '/ fails' }, now - HOUR);
      await resolveIncident(tx, id, 'good again', now - HOUR + 1);
    }
    await launchSighted(tx, ctx, app, { release: { commit: 'b'.repeat(40), dir: '/srv/shop', lockHash: null, configHash: null, nodeVersion: null }, startedAt: null });
    const judged = (await ledgerOf(tx, app.id)).find(({ id }) => id === old.id);
    found.push({ verdict: judged?.verdict ?? '', reason: judged?.verdictReason ?? null });
  };
  await store.write(async (tx) => {
    await past(tx);
    throw new Undone();
  }).catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
  return found[0] as { verdict: string; reason: string | null };
}

describe('a release that is replaced before its watch is over', () => {
  it('is stable where it ran as long as the policy wants, without trouble', async () => {
    expect(await replacedAfter({ hours: 25, soakMs: 24 * HOUR })).toEqual({ verdict: 'stable', reason: "ran 25 h without trouble, which the policy's soak of 24 h calls good" });
  });

  it.each([
    ['the policy says nothing of it', { hours: 25 }],
    ['it ran too short', { hours: 23, soakMs: 24 * HOUR }],
    ['a restart kept it going', { hours: 25, soakMs: 24 * HOUR, restart: true }],
    ['something was wrong with it, and is over', { hours: 25, soakMs: 24 * HOUR, incident: true }],
    ['it could not be measured', { hours: 25, soakMs: 24 * HOUR, blind: true }],
  ] as const)('is superseded where %s', async (_case, past) => {
    expect((await replacedAfter(past)).verdict).toBe('superseded');
  });
});
