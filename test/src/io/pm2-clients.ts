/** What tests of the way to PM2 begin with: a PM2 that runs two apps, and clients of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { HypercareError } from '../../../src/domain/errors.js';
import { systemClock } from '../../../src/io/clock.js';
import { createLogger } from '../../../src/io/log.js';
import { createPm2, type Pm2Options } from '../../../src/io/pm2-client.js';
import type { Pm2, Pm2Process } from '../../../src/io/pm2.js';
import { givenOnce } from '../../doubles/given.js';
import { startPm2Home } from '../../doubles/pm2-home.js';

/** In the shop's environment. */
export const SECRET = 'payment-key-4711';

/** One PM2 for all tests of a file: shop in fork mode, web as a cluster of two. */
export function shopAndWeb(environment: Readonly<Record<string, string>> = {}, options: Partial<Pm2Options> = {}) {
  const own = givenOnce(() => startPm2Home(environment), (home) => home.stop());
  const shop = givenOnce(async () => {
    const app = await own.startApp({ name: 'shop', env: { PAYMENT_KEY: SECRET } });
    await own.startApp({ name: 'web', cluster: 2 });
    return app;
  });
  const pm2 = givenOnce(() => client(own.home, options), (made) => made.close());
  const named = async (name: string): Promise<readonly Pm2Process[]> => (await pm2.list()).filter((one) => one.name === name);
  const only = async (name: string): Promise<Pm2Process> => {
    const [one] = await named(name);
    if (one === undefined) throw new Error(`${name} is not listed`);
    return one;
  };
  return { own, shop, pm2, named, only };
}

export function client(home: string, options: Partial<Pm2Options> = {}): Pm2 {
  return createPm2({ home, clock: systemClock, log: createLogger({ format: 'json', level: 'silent' }), ...options });
}

/** A client of the running test alone. */
export function throwaway(home: string, options: Partial<Pm2Options> = {}): Pm2 {
  const made = client(home, options);
  onTestFinished(() => made.close());
  return made;
}

export async function emptyHome(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'hc-none-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

export async function failure(call: Promise<unknown>): Promise<HypercareError> {
  const thrown: unknown = await call.then(() => new Error('it did not fail'), (error: unknown) => error);
  if (thrown instanceof HypercareError) return thrown;
  throw thrown;
}

export const startsOf = (instances: readonly Pm2Process[]): readonly number[] => instances.map((one) => one.startedAt);
