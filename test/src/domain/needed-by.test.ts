import { expect, it } from 'vitest';
import type { ResourceId } from '../../../src/domain/ids.js';
import { neededBy } from '../../../src/domain/resource.js';

const edges = ['shop>payments', 'payments>bank', 'payments>shop', 'blog>bank'].map((edge) => {
  const [resourceId, usesId] = edge.split('>') as [ResourceId, ResourceId];
  return { resourceId, usesId };
});

it.each([
  ['shop', ['payments', 'bank']],
  ['blog', ['bank']],
  ['bank', []],
  ['payments', ['bank', 'shop']],
])('%s needs %j, through others too, and a circle ends', (start, needed) => {
  expect(neededBy(start as ResourceId, edges)).toEqual(needed);
});
