import { describe, expect, it } from 'vitest';
import { detectors } from '../../../monitoring/detectors/index.js';
import { detectorContract } from '../../contracts/detector.js';

const fingerprints: Readonly<Record<keyof typeof detectors, readonly string[]>> = {
  'all-endpoints-failing': ['all-endpoints-failing'],
  'crash-loop': ['crash-loop'],
  'endpoint-failing': ['endpoint-failing:http:/a', 'endpoint-failing:liveness'],
  hang: ['hang:liveness'],
  latency: ['latency:http:/a', 'latency:liveness'],
  memory: ['memory-limit:pm2', 'memory-growth:pm2'],
  'process-down': ['process-down:pm2'],
};

describe('the registry of detectors', () => {
  it.each(Object.entries(detectors))('has %s under its own kind', (key, detector) => {
    expect(detector.kind).toBe(key);
  });
});

detectorContract(detectors['all-endpoints-failing'], fingerprints['all-endpoints-failing']);
detectorContract(detectors['crash-loop'], fingerprints['crash-loop']);
detectorContract(detectors['endpoint-failing'], fingerprints['endpoint-failing']);
detectorContract(detectors.hang, fingerprints.hang);
detectorContract(detectors.latency, fingerprints.latency);
detectorContract(detectors.memory, fingerprints.memory);
detectorContract(detectors['process-down'], fingerprints['process-down']);
