import { expect } from 'vitest';
import type { Probe } from '../../monitoring/probes/probe.js';
import type { Reading } from '../../src/domain/check.js';

/** What holds of every reading of every probe. Returns it, so that a test can look at the rest. */
export function soundReading(probe: Probe<unknown>, reading: Reading): Reading {
  expect(['good', 'bad', 'unknown', 'error']).toContain(reading.verdict);
  expect(reading.values).toHaveLength(probe.fields.length);
  for (const value of reading.values) expect(value === null || Number.isFinite(value)).toBe(true);
  if (reading.verdict !== 'good' || reading.note !== null) expect(reading.note).toMatch(/^[^\n]{3,200}$/);
  return reading;
}
