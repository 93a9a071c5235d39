import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectors } from '../../../monitoring/detectors/index.js';
import { detectorContract } from '../../contracts/detector.js';
import { host as hostProbe } from '../../../monitoring/probes/host.js';
import { job as jobProbe } from '../../../monitoring/probes/job.js';
import { limiter as limiterProbe } from '../../../monitoring/probes/limiter.js';
import { postgres as postgresProbe } from '../../../monitoring/probes/postgres.js';
import { redis as redisProbe } from '../../../monitoring/probes/redis.js';
import { POSTGRES_FAULTS } from '../../../src/domain/postgres-fault.js';
import { REDIS_FAULTS } from '../../../src/domain/redis-fault.js';

const fingerprints: Readonly<Record<keyof typeof detectors, readonly string[]>> = {
  'all-endpoints-failing': ['all-endpoints-failing'],
  'crash-loop': ['crash-loop'],
  'endpoint-failing': ['endpoint-failing:http:/a', 'endpoint-failing:liveness'],
  descriptors: ['descriptors:pm2'],
  hang: ['hang:liveness'],
  host: ['disk-full', 'inodes', 'memory', 'descriptors', 'cpu', 'logs', 'disk-filling', 'clock', 'memory-killed'].map((what) => `host-${what}:host`),
  job: ['job:ping'],
  latency: ['latency:http:/a', 'latency:liveness'],
  memory: ['memory-limit:pm2', 'memory-growth:pm2'],
  postgres: [
    ...POSTGRES_FAULTS,
    'idle-in-transaction', 'connections', 'long-query', 'replication-lag', 'wraparound', 'restarted', 'rights', 'extensions', 'invalid-index', 'missing-index', 'slow-query', 'bloat',
  ].map((what) => `postgres-${what}:postgres`),
  'pm2-daemon': ['pm2-dead:pm2-daemon'],
  'process-down': ['process-down:pm2'],
  'rate-limit': ['rate-limited:http:/a', 'rate-limited:liveness', 'rate-limiter-blocking:limiter', 'rate-limiter-stopped:limiter'],
  redis: [...REDIS_FAULTS.map((fault) => `redis-${fault}:redis`), ...['memory', 'save-failed', 'rejecting', 'replication', 'evicting', 'restarted'].map((kind) => `redis-${kind}:advice:redis`)],
  standstill: ['standstill:pm2'],
};

describe('the registry of detectors', () => {
  it.each(Object.entries(detectors))('has %s under its own kind', (key, detector) => {
    expect(detector.kind).toBe(key);
  });
});

detectorContract(detectors['all-endpoints-failing'], fingerprints['all-endpoints-failing']);
detectorContract(detectors['crash-loop'], fingerprints['crash-loop']);
detectorContract(detectors['endpoint-failing'], fingerprints['endpoint-failing']);
detectorContract(detectors.descriptors, fingerprints.descriptors);
detectorContract(detectors.hang, fingerprints.hang);
detectorContract(detectors.latency, fingerprints.latency);
detectorContract(detectors.memory, fingerprints.memory);
detectorContract(detectors['process-down'], fingerprints['process-down']);
detectorContract(detectors.standstill, fingerprints.standstill);
detectorContract(detectors['rate-limit'], fingerprints['rate-limit'], {
  name: 'limiter', probe: 'limiter', fields: limiterProbe.fields,
  // A few who ask too often are always there.
  well: fc.integer({ min: 40, max: 900 }).map((counted) => [1, counted, counted % 3, 0, 0]),
});
detectorContract(detectors.job, fingerprints.job, {
  name: 'ping', probe: 'job', fields: jobProbe.fields,
  // It ran, whenever that was: how late is late the probe knows.
  well: fc.integer({ min: 0, max: 90_000_000 }).map((age) => [0, 0, 0, 0, age, null]),
});
detectorContract(detectors.redis, fingerprints.redis, {
  name: 'redis', probe: 'redis', fields: redisProbe.fields,
  // A server with room, whose counters stand still; a queue's workers wait in it.
  well: fc.integer({ min: 1, max: 80 }).map((used) => [0, used, 100, 0, 7, 3, used, 10_000, 5, 0, 0, 1, used]),
});
detectorContract(detectors['pm2-daemon'], fingerprints['pm2-daemon'], { name: 'pm2-daemon', probe: 'pm2-daemon', fields: [], well: fc.constant([]) });
detectorContract(detectors.host, fingerprints.host, {
  name: 'host', probe: 'host', fields: hostProbe.fields,
  // A busy machine with room; its clocks stand still together.
  well: fc.integer({ min: 1, max: 85 }).map((busy) => [busy, busy / 20, busy, busy / 20, null, 0, 0, 60, 9e9, 0, 20, 1e6, 0, 1, null, null, null]),
});
detectorContract(detectors.postgres, fingerprints.postgres, {
  name: 'postgres', probe: 'postgres', fields: postgresProbe.fields,
  // A server with room, of which all may be seen; somebody waits for a moment now and then.
  well: fc.integer({ min: 1, max: 80 }).map((busy) => [0, busy, 120, busy % 2, busy % 2, busy, null, busy, 7, busy, 8, null, 1e6, 9e9, 1, 1, 1, 1, 0, 0, 0, busy]),
});
