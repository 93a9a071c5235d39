/** What tests are given, under a name that stays: made before they run, ended after them. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

/** Each test of the file has its own. */
export function givenEach<T extends object>(make: () => T | Promise<T>, end?: (made: T) => unknown): T {
  return given({ before: beforeEach, after: afterEach }, make, end);
}

/** All tests of the file share one. */
export function givenOnce<T extends object>(make: () => T | Promise<T>, end?: (made: T) => unknown): T {
  return given({ before: beforeAll, after: afterAll }, make, end);
}

type Hook = (run: () => Promise<void>) => void;

/** Stands in for what was made: all that is read, set or spread is of that. */
function given<T extends object>({ before, after }: { readonly before: Hook; readonly after: Hook }, make: () => T | Promise<T>, end: (made: T) => unknown = () => undefined): T {
  let current: T | null = null;
  before(async () => {
    current = await make();
  });
  after(async () => {
    if (current !== null) await end(current);
    current = null;
  });
  return new Proxy({} as T, {
    get: (_, key) => Reflect.get(current as T, key) as unknown,
    set: (_, key, value) => Reflect.set(current as T, key, value),
    ownKeys: () => Reflect.ownKeys(current as T),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(current as T, key),
  });
}
