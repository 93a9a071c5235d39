import { expect, it } from 'vitest';
import { sharedServer } from '../../../monitoring/stages/shared-server.js';

function named(kind: 'app' | 'redis' | 'postgres', url: string | null): string | null {
  return sharedServer({ settings: { urlOf: () => url } } as never, { kind, name: 'it' });
}

it.each([
  ['an app', 'app', 'http://10.0.0.5'],
  ['a Redis without an address', 'redis', null],
  ['a Redis on this machine', 'redis', 'redis://127.0.0.1:6379/0'],
  ['one at localhost', 'redis', 'redis://localhost'],
  ['one over IPv6', 'redis', 'redis://[::1]:6379'],
  ['one by its socket', 'redis', 'unix:///run/redis.sock'],
  ['a PostgreSQL by its socket', 'postgres', 'postgres:///blog?host=/run/postgresql'],
] as const)('%s is this host’s own', (_, kind, url) => {
  expect(named(kind, url)).toBeNull();
});

it('a server is the same by whichever user, password, database and spelling it is reached, and another port is another', () => {
  const one = named('postgres', 'postgres://hypercare:secret@db.example/blog');
  expect(one).toMatch(/^[0-9a-f]{16}$/);
  expect([named('postgres', 'postgresql://ann@DB.example:5432/shop'), named('postgres', 'postgres://db.example:5433/blog') === one, named('redis', 'redis://db.example:5432') === one]).toEqual([one, false, false]);
});
