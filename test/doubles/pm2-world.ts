import type { Json } from '../../src/domain/json.js';
import type { Pm2Process } from '../../src/io/pm2.js';
import type { RepairCase, RepairWorld } from '../contracts/repair.js';
import type { AppOptions, Pm2Home, StartedApp } from './pm2-home.js';
import { instancesOf, ioOf } from './pm2-repair.js';
import { appOf } from './pm2-list.js';

export interface Pm2World<A> extends RepairWorld<A> {
  readonly app: StartedApp;
}

let apps = 0;

/** A real app under a real PM2, as the contract of repairs needs it; `essence` says of one instance what an undo brings back. */
export async function openPm2World<A>(of: {
  readonly home: Pm2Home;
  readonly app: Omit<AppOptions, 'name'>;
  readonly args: A;
  essence(instances: readonly Pm2Process[], app: StartedApp): Json;
}): Promise<Pm2World<A>> {
  const { home } = of;
  const app = await home.startApp({ ...of.app, name: `app-${(apps += 1)}` });
  const io = ioOf(home.home);
  return {
    app,
    target: appOf([app.name]),
    args: of.args,
    io,
    other() {
      const other = ioOf(home.home, { timeoutMs: 700, actTimeoutMs: 1_500 });
      return { io: other, cut: () => other.pm2.close() };
    },
    look: async () => (await instancesOf(io, app.name)).map(({ pmId, pid, startedAt, status, restarts }) => ({ pmId, pid, startedAt, status, restarts })),
    essence: async () => of.essence(await instancesOf(io, app.name), app),
    freeze: () => home.freeze(),
    thaw: () => home.thaw(),
    async close() {
      await home.thaw();
      await home.pm2('delete', app.name).catch(() => undefined);
      await io.pm2.close();
    },
  };
}

/** What every repair of PM2 processes must not do. */
export function refusedOfAll<A>(): RepairCase<A>['refused'] {
  return {
    'what PM2 does not list': async () => ({ target: appOf(['nobody']) }),
    'an app without processes': async () => ({ target: appOf([]) }),
    'hypercare itself': async () => ({ target: appOf(['hypercare-monitor']) }),
  };
}
