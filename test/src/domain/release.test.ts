import { expect, it } from 'vitest';
import { rolledBackBy, sayBad } from '../../../src/domain/release.js';

it.each([
  ['who rolled it back by hand', rolledBackBy('Root', 'posts are broken'), 'was rolled back by Root: posts are broken'],
  ['what was found', 'rolled back: /checkout: status 500', 'was found bad (rolled back: /checkout: status 500)'],
  ['that no reason was kept', null, 'was found bad (no reason was kept)'],
])('of a bad release is said %s', (_what, verdictReason, says) => {
  expect(sayBad({ verdictReason })).toBe(says);
});
