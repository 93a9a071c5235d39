import { expect, it } from 'vitest';
import { isPlan, readError, readStatus } from '../../../scripts/start/first-look.js';

it.each(['', 'not JSON', 'null', '{}', '{"apps":[]}', '{"apps":"many"}'])('%j says nothing of any app', (text) => {
  expect(readStatus(text)).toBeNull();
});

it('a status document gives verdict, release and open incidents of each app, and whether every check of it was measured', () => {
  const document = {
    version: 1,
    apps: [
      { app: 'shop', verdict: 'bad', release: '6ab0c14', incidents: [{}, {}], checks: [{ verdict: 'bad' }, { verdict: 'good' }] },
      { app: 'api', verdict: 'unknown', release: null, incidents: [], checks: [{ verdict: 'good' }, { verdict: null }] },
      { app: 'new' },
    ],
  };
  expect(readStatus(JSON.stringify(document))).toEqual({
    kind: 'seen',
    apps: [
      { app: 'shop', verdict: 'bad', release: '6ab0c14', openIncidents: 2, looked: true },
      { app: 'api', verdict: 'unknown', release: null, openIncidents: 0, looked: false },
      { app: 'new', verdict: 'unknown', release: null, openIncidents: 0, looked: false },
    ],
  });
});

it('there is a way back where a plan was made, whether or not policy would let it be done', () => {
  expect(isPlan('{"version":1,"app":"blog","plan":{"verdict":"deny"}}')).toBe(true);
  for (const text of ['', '{"version":1,"refused":"no release"}', '{"version":1,"error":{}}', 'null']) expect([text, isPlan(text)]).toEqual([text, false]);
});

it('why nothing can be told stands in what the command says in JSON', () => {
  expect(readError('{"version":1,"error":{"code":"store.none","message":"there is no store"}}')).toBe('there is no store');
  for (const text of ['', 'null', '{"apps":[]}', '{"error":{}}']) expect([text, readError(text)]).toEqual([text, null]);
});
