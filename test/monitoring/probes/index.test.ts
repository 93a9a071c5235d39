import { expect, it } from 'vitest';
import { probes } from '../../../monitoring/probes/index.js';

it.each(Object.entries(probes))('the probe %s is registered under its own kind, and names each value once', (key, probe) => {
  expect(probe.kind).toBe(key);
  expect(new Set(probe.fields).size).toBe(probe.fields.length);
});
