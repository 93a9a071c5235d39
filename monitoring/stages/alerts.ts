import { ALERT_FOR_MS, type Alert } from '../../src/domain/alert.js';
import { sayDuration } from '../../src/domain/duration.js';
import type { Claim, Finding } from '../../src/domain/finding.js';
import { alertsFiring } from '../../src/store/alerts.js';
import { openFindingsOn } from '../../src/store/findings.js';
import { listResources } from '../../src/store/resources.js';
import { applyClaims } from './claims.js';
import type { Stage, StageContext } from './stage.js';

const DETECTOR = 'alertmanager';

/**
 * What Alertmanager told the bot: an alert that fires is a finding, and one that fires no more ends it. It has been
 * confirmed where it was made, so nothing is measured again; and it stands at a resource of its own.
 */
export const alerts: Stage = {
  name: 'alerts',
  async run(ctx) {
    const places = (await listResources(ctx.store.db, ctx.hostId)).filter(({ kind }) => kind === 'alerts');
    if (places.length === 0) return false;
    const firing = await alertsFiring(ctx.store.db, ctx.hostId, ctx.clock.now());
    let changed = false;
    for (const place of places) {
      const claims = claimsOf(firing.filter(({ resourceId }) => resourceId === place.id), await openFindingsOn(ctx.store.db, place.id), ctx.clock.now());
      if (claims.length === 0) continue;
      await ctx.store.write((tx) => applyClaims(tx, ctx, place, null, [{ detector: DETECTOR, claims }]));
      changed = true;
    }
    return changed;
  },
  async nextAt(ctx: StageContext) {
    const [oldest] = (await alertsFiring(ctx.store.db, ctx.hostId, ctx.clock.now())).map(({ at }) => at).sort((a, b) => a - b);
    return oldest === undefined ? null : oldest + ALERT_FOR_MS + 1;
  },
};

/** What is news alone. */
function claimsOf(firing: readonly Alert[], open: readonly Finding[], now: number): readonly Claim[] {
  const present = firing.map((alert) => presentOf(alert, now));
  const over = open.filter(({ fingerprint }) => !present.some((claim) => claim.fingerprint === fingerprint)).map(({ fingerprint }): Claim => ({ state: 'absent', fingerprint }));
  return [...over, ...present.filter((claim) => !open.some(({ fingerprint, title, severity }) => fingerprint === claim.fingerprint && title === claim.title && severity === claim.severity))];
}

function presentOf({ fingerprint, name, severity, summary, labels, startedAt }: Alert, now: number): Extract<Claim, { readonly state: 'present' }> {
  const said = Object.entries(labels).filter(([label]) => label !== 'alertname').map(([label, value]) => `${label}=${value}`).join(', ');
  return {
    state: 'present', fingerprint: `alert:${fingerprint}`, kind: 'alert', severity, emergency: false,
    title: summary === '' ? `the alert ${name} fires` : `${name}: ${summary}`,
    evidence: [`Prometheus fires it since ${sayDuration(Math.max(0, now - startedAt))}, as Alertmanager told`, ...(said === '' ? [] : [`labels: ${said}`])],
  };
}
