import type { Debt } from '../../../src/domain/debt.js';
import type { Finding } from '../../../src/domain/finding.js';
import type { Incident } from '../../../src/domain/incident.js';
import type { IncidentView } from '../../../src/domain/incident-view.js';
import type { Launch } from '../../../src/domain/launch.js';
import type { Plan, Prepared } from '../../../src/domain/plan.js';
import type { Release } from '../../../src/domain/release.js';

/** What cards are drawn from, by hand: shop's release 4f2a91c broke its checkout at 03:12 UTC. */
export const MINUTE = 60_000;
export const BEGAN = Date.UTC(2026, 10, 21, 3, 12);
export const UTC = { now: BEGAN + 4 * MINUTE, timeZone: 'UTC' };

export const incident: Incident = {
  id: '06g8zk2v1a7k2m9qx' as never, resourceId: 'r-shop' as never, launchId: 'l-1' as never, kind: 'endpoint-failing', severity: 'critical', emergency: false,
  state: 'open', title: '/checkout: status 500, 3 checks in a row over 20 s', openedAt: BEGAN, closedAt: null, reason: null, rung: 0, failed: 0, nextAt: 0, ackedAt: null, ackedBy: null,
};

export const finding: Finding = {
  id: 'f-1' as never, incidentId: incident.id, resourceId: incident.resourceId, detector: 'endpoint-failing', fingerprint: 'endpoint-failing:http:/checkout',
  kind: 'endpoint-failing', severity: 'critical', emergency: false, title: incident.title, evidence: ['status 500 × 3', 'last good 45 s ago'], firstAt: BEGAN, lastAt: BEGAN + MINUTE, open: true,
};

export const bad: Release = {
  id: 'rel-bad' as never, appId: incident.resourceId, commit: '4f2a91c'.padEnd(40, '0'), dir: '/srv/shop/releases/4f2a91c', lockHash: null, configHash: null, nodeVersion: null,
  firstSeenAt: BEGAN - 23 * MINUTE, verdict: 'watching', verdictAt: BEGAN - 23 * MINUTE, verdictReason: null, quarantinedAt: null,
};

export const good: Release = { ...bad, id: 'rel-good' as never, commit: '9d1e003'.padEnd(40, '0'), dir: '/srv/shop/releases/9d1e003', verdict: 'stable', verdictAt: BEGAN - 90 * 60 * MINUTE };

export const launch: Launch = {
  id: '06g8zk1launch1abcd' as never, appId: incident.resourceId, releaseId: bad.id, state: 'watching', startedAt: BEGAN - 23 * MINUTE, endsAt: BEGAN + (72 * 60 - 23) * MINUTE, endedAt: null,
  ticksMade: 2, nextTickAt: BEGAN + 7 * MINUTE, hotUntil: 0, nextAt: BEGAN + 7 * MINUTE, autoRollback: true, why: 'a new release was seen running',
};

export const reload: Prepared = {
  does: [{ name: 'reload', does: 'pm2 reload shop', timeoutMs: 30_000 }], touches: [incident.resourceId], bounds: { restarts: 2 },
  verify: { checks: ['liveness', 'http:/checkout'], good: 3, settleMs: 5_000, withinMs: 60_000 }, wayBack: 'none is needed: the same code runs', witness: { pids: [11, 12] }, artefacts: [], notes: [],
};

export const switchBack: Prepared = {
  ...reload,
  leadsTo: good.id,
  does: [
    { name: 'switch', does: 'rename current → releases/9d1e003', timeoutMs: 5_000 },
    { name: 'reload', does: 'pm2 reload shop', timeoutMs: 30_000 },
  ],
  wayBack: 'the same two steps to 4f2a91c, which stays on disk',
  notes: ['9d1e003 ran well for 3 d; it is on disk and needs no install.', '12 files differ, the lockfile does not, no migration.'],
};

export function plan(change: Partial<Plan> = {}): Plan {
  return {
    id: 'p-1' as never, incidentId: incident.id, targetId: incident.resourceId, repair: 'pm2.reload', args: {}, risk: 'safe', state: 'done', prepared: reload, hash: 'a'.repeat(64),
    verdict: 'auto', rule: 'shop repairs itself', why: 'the rule “shop repairs itself” lets it act and tell', askedBy: null, madeAt: BEGAN + 1_000, ...change,
  };
}

export const rollbackPlan = plan({
  id: 'p-2' as never, repair: 'release.rollback', args: { to: null, reason: '' }, risk: 'disruptive', state: 'asked', prepared: switchBack, verdict: 'ask', rule: 'rollbacks ask',
  why: 'the rule “rollbacks ask” asks first', hash: 'b'.repeat(64),
});

export const NO_DEBT: Debt = { points: 0, restarts: 0, by: [] };
export const OWES: Debt = { points: 5, restarts: 4, by: [{ what: 'PM2', times: 2 }, { what: 'pm2.kill', times: 1 }, { what: 'pm2.reload', times: 1 }] };

export function run(change: Partial<IncidentView['remediations'][number]> = {}): IncidentView['remediations'][number] {
  return {
    id: 'run-1' as never, planId: 'p-1' as never, resourceId: incident.resourceId, fingerprint: 'x', state: 'failed', startedAt: BEGAN + 2_000, settleUntil: BEGAN + 10_000, deadlineAt: BEGAN + 70_000,
    endedAt: BEGAN + 43_000, outcome: '/checkout was still bad', repair: 'pm2.reload', steps: [], evidence: [], ...change,
  };
}

export const question: NonNullable<IncidentView['question']> = {
  id: '06g8zk3question9ab' as never, planId: rollbackPlan.id, hash: rollbackPlan.hash as string, need: 1, state: 'open', askedAt: BEGAN + 2 * MINUTE, expiresAt: BEGAN + 32 * MINUTE, warnedAt: null,
  decidedAt: null, decidedBy: null, role: 'approver', barred: null, note: null, answers: [],
};

export function view(change: Partial<IncidentView> = {}): IncidentView {
  return {
    incident, resource: { id: incident.resourceId, hostId: 'h' as never, kind: 'app', name: 'shop', config: { processes: ['shop-web'] } },
    launch, launched: bad, release: bad, badFrom: null, liveBefore: null, findings: [finding], plans: [], destinations: [good], remediations: [], question: null, approvers: ['Ann', 'Bob'], holds: [], debt: NO_DEBT, ...change,
  };
}

export const asking = view({
  incident: { ...incident, state: 'open', failed: 1, rung: 1 },
  plans: [plan(), rollbackPlan], remediations: [run()], question,
});
