import { expect, it } from 'vitest';
import { readStatus } from '../../../scripts/start/first-look.js';

it.each(['', 'not JSON', 'null', '{}', '{"apps":[]}', '{"apps":"many"}'])('%j says nothing of any app', (text) => {
  expect(readStatus(text)).toBeNull();
});

it('a status document gives verdict, release and open incidents of each app', () => {
  const document = {
    version: 1,
    apps: [
      { app: 'shop', verdict: 'bad', release: '6ab0c14', incidents: [{}, {}] },
      { app: 'api', verdict: 'good', release: { name: '144eaba' }, incidents: [] },
      { app: 'new' },
    ],
  };
  expect(readStatus(JSON.stringify(document))).toEqual({
    kind: 'seen',
    apps: [
      { app: 'shop', verdict: 'bad', release: '6ab0c14', openIncidents: 2 },
      { app: 'api', verdict: 'good', release: '144eaba', openIncidents: 0 },
      { app: 'new', verdict: 'unknown', release: null, openIncidents: 0 },
    ],
  });
});
