import { expect, it } from 'vitest';
import { incidentLine } from '../../../src/cards/incident-line.js';
import { BEGAN, incident, MINUTE, UTC } from './views.js';

it.each([
  [{}, 'Incident k2m9qx, open since 03:12 UTC, 4 min ago'],
  [{ began: BEGAN - MINUTE }, 'Incident k2m9qx, open since 03:11 UTC, 5 min ago'],
  [{ state: 'repairing' }, 'Incident k2m9qx, open since 03:12 UTC, 4 min ago; being repaired'],
  [{ state: 'escalated', needsSince: BEGAN + 2 * MINUTE }, 'Incident k2m9qx, open since 03:12 UTC, 4 min ago; needs you since 03:14 UTC'],
  [{ state: 'escalated', needsSince: null }, 'Incident k2m9qx, open since 03:12 UTC, 4 min ago; needs you'],
] as const)('%j is told with its own beginning, and never with that of its state', (change, line) => {
  expect(incidentLine({ ...incident, ...change }, UTC)).toBe(line);
});
