import { describe, expect, it } from 'vitest';
import type { AppStatus } from '../../../src/domain/app-status.js';
import { bandOf, healthScore, type HealthFacts } from '../../../src/domain/health-score.js';
import type { ResourceStatus } from '../../../src/domain/resource-status.js';
import { BEGAN, incident, launch, MINUTE } from '../cards/views.js';

const NOW = BEGAN + 4 * MINUTE;

function app(change: Partial<AppStatus> & { readonly name?: string; readonly at?: number } = {}): AppStatus {
  const id = `r-${change.name ?? 'shop'}` as never;
  const check = (name: string, probe: string) => ({ check: { id: 1, resourceId: id, name, probe, options: {}, cadence: 'every', everyMs: 30_000, critical: true, nextAt: 0, hotUntil: 0, trusted: true } as const, newest: { checkId: 1, at: change.at ?? NOW - 10_000, verdict: 'good', ms: 12, values: [], note: null } as const });
  return {
    app: { id, hostId: 'h' as never, kind: 'app', name: change.name ?? 'shop', config: {} }, release: null, launch: { ...launch, startedAt: NOW - 60 * MINUTE, tier: 1, tiers: 3 }, incidents: [], waits: {}, question: null,
    debt: { points: 0, restarts: 0, by: [] }, checks: [check('liveness', 'http'), check('http:/checkout', 'http'), check('pm2', 'pm2'), check('release', 'release')], verdict: 'good', why: '4 checks good', ...change,
  };
}

const resource = (kind: 'redis' | 'postgres' | 'host', change: Partial<ResourceStatus> = {}): ResourceStatus => ({ resource: { id: `r-${kind}` as never, hostId: 'h' as never, kind, name: kind, config: {} }, incidents: [], question: null, verdict: 'good', why: '1 check good', ...change });
const facts = (change: Partial<HealthFacts> = {}): HealthFacts => ({ apps: [app()], resources: [resource('host')], past: [], tickMs: 4 * 60 * MINUTE, monitorRuns: true, pm2Answers: true, now: NOW, ...change });
const broken = (change: Partial<typeof incident> = {}): AppStatus => app({ incidents: [{ ...incident, ...change }], verdict: 'bad' });

describe('a score', () => {
  it('is 100 where all that is watched is good; what is not watched has none', () => {
    const score = healthScore(facts());
    expect([score.score, score.deductions, score.confidence]).toEqual([100, [], 'high']);
    expect(score.parts).toEqual({ compute: { score: 100, known: 3, of: 3 }, network: { score: 100, known: 1, of: 1 }, storage: { score: 100, known: 1, of: 1 }, database: { score: null, known: 0, of: 0 }, security: { score: null, known: 0, of: 0 } });
  });

  it.each([
    ['what users are hurt by', { severity: 'critical' }, 60, 'network', 60], ['an emergency', { severity: 'critical', emergency: true }, 40, 'network', 40],
    ['a warning', { severity: 'warning', kind: 'memory' }, 85, 'compute', 85], ['advice', { severity: 'info', kind: 'memory' }, 97, 'compute', 97], ['a wish of a person', { severity: 'info', kind: 'manual' }, 100, 'compute', 100],
  ] as const)('loses to %s', (_what, change, score, part, points) => {
    const found = healthScore(facts({ apps: [broken(change)] }));
    expect([found.score, found.parts[part].score]).toEqual([score, points]);
  });

  it('is not averaged away: one app of a hundred that is down shows as it would alone', () => {
    const many = Array.from({ length: 99 }, (_, n) => app({ name: `app-${n}` }));
    expect(healthScore(facts({ apps: [broken(), ...many] })).score).toBe(60);
  });

  it('loses most where the daemon of PM2 is away, although the apps may answer still', () => {
    const found = healthScore(facts({ pm2Answers: false }));
    expect([found.score, found.parts.compute.score, found.deductions]).toEqual([60, 60, [{ part: 'compute', at: 'PM2', points: 40, why: 'its daemon does not answer' }]]);
  });

  it('counts an incident at a server once, at the server, although its app suffers of it', () => {
    const at = { ...incident, resourceId: 'r-postgres' as never, kind: 'postgres-down' };
    const found = healthScore(facts({ apps: [app({ incidents: [at] })], resources: [resource('postgres', { incidents: [at], verdict: 'bad' })] }));
    expect([found.score, found.parts.database.score, found.parts.network.score]).toEqual([60, 60, 100]);
  });

  it('names the three largest of what was taken, which add up with the rest', () => {
    const past = ['a', 'b', 'c', 'd'].map((name) => ({ incident: { kind: 'hang', severity: 'critical', title: 'hung' }, at: { id: `r-${name}`, name, kind: 'app' } }) as never);
    const found = healthScore(facts({ apps: [broken()], past }));
    expect(found.deductions.map(({ points, at }) => [points, at])).toEqual([[40, 'shop'], [4, 'a'], [4, 'b']]);
    expect([found.more, found.score]).toEqual([2, 100 - 40 - 4 * 4]);
  });

  it('is capped by healing debt, however good all looks, and says so', () => {
    const found = healthScore(facts({ apps: [app({ debt: { points: 7, restarts: 7, by: [] } })] }));
    expect([found.score, found.parts.compute.score, found.parts.network.score]).toEqual([65, 65, 100]);
    expect(found.deductions).toEqual([{ part: 'compute', at: 'shop', points: 35, why: 'healing debt: 7 restarts in 7 days kept it going' }]);
    // What is worse than the cap is not lowered twice.
    expect(healthScore(facts({ apps: [{ ...broken({ emergency: true }), debt: { points: 1, restarts: 1, by: [] } }] })).score).toBe(40);
  });

  it.each([[100, 'good'], [91, 'good'], [90, 'fair'], [70, 'fair'], [69, 'poor'], [0, 'poor']] as const)('of %i is %s', (score, band) => {
    expect(bandOf(score)).toBe(band);
  });
});

describe('what is not known', () => {
  it('takes no points and gives none: it lowers the confidence', () => {
    const found = healthScore(facts({ resources: [resource('host'), resource('postgres', { verdict: 'error', why: 'no such name' })] }));
    expect([found.score, found.parts.database, found.confidence, found.doubts]).toEqual([100, { score: null, known: 0, of: 1 }, 'medium', ['1 of 6 measurements tell nothing now']]);
  });

  it('is everything where no monitor runs, or the readings are old: then there is no score', () => {
    const down = healthScore(facts({ monitorRuns: false }));
    expect([down.score, down.confidence, down.doubts]).toEqual([null, 'none', ['no monitor runs: nothing is measured']]);
    expect(healthScore(facts({ apps: [app({ at: NOW - 10 * MINUTE })], resources: [] })).score).toBeNull();
  });

  it('is mostly what runs since a few minutes: few samples, and it says so', () => {
    const found = healthScore(facts({ apps: [app({ launch: { ...launch, startedAt: NOW - 4 * MINUTE, tier: 1, tiers: 3 } })] }));
    expect([found.score, found.confidence, found.doubts]).toEqual([100, 'low', ['few samples: what runs of shop began 4 min ago']]);
  });
});
