import { describe, expect, it } from 'vitest';
import { probes } from '../../../monitoring/probes/index.js';
import { blameConnections } from '../../../monitoring/stages/connections-lost.js';
import type { StageContext } from '../../../monitoring/stages/stage.js';
import type { Sample, Verdict } from '../../../src/domain/check.js';
import type { DetectorClaims } from '../../../src/domain/finding.js';
import type { Resource } from '../../../src/domain/resource.js';
import { checksOf, syncChecks } from '../../../src/store/checks.js';
import { openIncident, resolveIncident } from '../../../src/store/incidents.js';
import { getResource, listResources, syncEdges, syncResources } from '../../../src/store/resources.js';
import { insertSamples } from '../../../src/store/samples.js';
import { handClock } from '../../bot/stage.js';
import { stageOfEachTest } from '../../src/commands/spoken.js';

const SECOND = 1_000;
const house = stageOfEachTest();
const WORDS: Readonly<Record<string, Verdict>> = { g: 'good', b: 'bad' };

/** Readings that end now, ten seconds apart, by their first letters; `uptimeS` is what the server's newest tells. */
function readings(checkId: number, letters: string, values: (n: number) => readonly (number | null)[] = () => []): readonly Sample[] {
  return [...letters].map((letter, n) => ({ checkId, at: house.now - (letters.length - 1 - n) * 10 * SECOND, verdict: WORDS[letter] as Verdict, ms: 1, values: values(n), note: null }));
}

interface Told {
  readonly shop: string;
  readonly cache: string;
  /** Seconds that the cache runs by its newest reading. */
  readonly uptimeS?: number;
  readonly incident?: boolean;
  readonly uses?: boolean;
  /** How long the release runs. */
  readonly launchedS?: number;
}

/** What becomes of the claim that nothing of the shop answers. */
async function blamed({ shop, cache, uptimeS = 9_000, incident = false, uses = true, launchedS = 9_000 }: Told) {
  const { store, hostId } = house;
  const server = await store.write(async (tx) => {
    const kept = (await listResources(tx, hostId)).map(({ kind, name, config }) => ({ kind, name, config }));
    const made = (await syncResources(tx, hostId, [...kept, { kind: 'redis', name: 'cache', config: {} }], house.now)).find(({ kind }) => kind === 'redis') as Resource;
    await syncEdges(tx, hostId, uses ? [{ resourceId: house.shop, usesId: made.id }] : []);
    const watch = { options: {}, cadence: 'every', everyMs: 10 * SECOND, critical: true } as const;
    await syncChecks(tx, hostId, [{ ...watch, resourceId: house.shop, name: 'liveness', probe: 'http' }, { ...watch, resourceId: made.id, name: 'redis', probe: 'redis' }], house.now);
    return made;
  });
  const [own] = await checksOf(store.db, house.shop);
  const [its] = await checksOf(store.db, server.id);
  const samples = readings(own?.id as number, shop);
  const told = (n: number) => probes.redis.fields.map((field) => (field === 'uptime_ms' ? Math.max(0, uptimeS - (cache.length - 1 - n) * 10) * SECOND : 0));
  await store.write(async (tx) => {
    await insertSamples(tx, readings(its?.id as number, cache, told));
    if (!incident) return;
    const opened = await openIncident(tx, { resourceId: server.id, launchId: null, kind: 'redis-down', severity: 'critical', emergency: false, title: 'it is down' }, house.now - 60 * SECOND);
    if (!cache.endsWith('b')) await resolveIncident(tx, opened.id, 'good again', house.now - 40 * SECOND);
  });
  const ctx = { store, hostId, clock: handClock(house.now), units: { probes } } as unknown as StageContext;
  const made: readonly DetectorClaims[] = [{ detector: 'all-endpoints-failing', claims: [{ state: 'present', fingerprint: 'all-endpoints-failing', kind: 'all-endpoints-failing', severity: 'critical', emergency: true, title: 'the only endpoint fails', evidence: [] }] }];
  const seen = { launch: { startedAt: house.now - launchedS * SECOND } as never, pasts: [{ check: own as never, samples, newAt: null }] };
  return (await blameConnections(ctx, await getResource(store.db, house.shop), seen, made))[0]?.claims[0];
}

describe('an app of which nothing answers', () => {
  it.each<[string, Told]>([
    ['that broke with its server, which is well again', { shop: 'ggggggbbbb', cache: 'gggbbbgggg', incident: true }],
    ['that broke as its server began anew, which nobody saw down', { shop: 'ggggggbbbb', cache: 'gggggggggg', uptimeS: 35 }],
  ])('%s, lost its connections; it is no emergency, so nothing is rolled back for it', async (_, told) => {
    expect(await blamed(told)).toMatchObject({ kind: 'connections-lost', severity: 'critical', emergency: false, title: 'the only endpoint fails, though cache is good again', evidence: [expect.stringContaining('broke with cache')] });
  });

  it.each<[string, Told]>([
    ['whose server was never in trouble', { shop: 'ggggggbbbb', cache: 'gggggggggg' }],
    ['whose server is still bad', { shop: 'ggggggbbbb', cache: 'gggbbbbbbb', incident: true }],
    ['that was bad before its server', { shop: 'bbbbbbbbbb', cache: 'ggggbbgggg', incident: true }],
    ['that was well after it, and broke later', { shop: 'gggggggggb', cache: 'gggbbbgggg', incident: true }],
    ['that does not use that server', { shop: 'ggggggbbbb', cache: 'gggbbbgggg', incident: true, uses: false }],
    ['whose release came after the trouble, and was never well', { shop: 'ggggggbbbb', cache: 'gggbbbgggg', incident: true, launchedS: 25 }],
  ])('%s, is sick of something else', async (_, told) => {
    expect(await blamed(told)).toMatchObject({ kind: 'all-endpoints-failing', emergency: true });
  });
});
