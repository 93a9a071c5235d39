import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { deployArgs, releaseDeploy } from '../../../monitoring/repairs/release-deploy.js';
import { rehearseArgs, releaseRehearse } from '../../../monitoring/repairs/release-rehearse.js';
import { releaseRollback } from '../../../monitoring/repairs/release-rollback.js';
import type { RepairTarget } from '../../../monitoring/repairs/repair.js';
import type { Json } from '../../../src/domain/json.js';
import type { Io } from '../../../src/io/io.js';
import { repairContract, type RepairCase, type RepairWorld } from '../../contracts/repair.js';
import { gitSandbox } from '../../doubles/git-repo.js';
import { startPm2Home, type Pm2Home } from '../../doubles/pm2-home.js';
import { ioOf, released, releasedShop, ROLLBACK, targetOf, version, VERSIONED_APP } from '../../doubles/released-app.js';

let home: Pm2Home;
beforeAll(async () => { home = await startPm2Home(); });
afterAll(() => home.stop());

/** What an undo brings back: what is live, and from where its worker runs. Begun anew it has another pid. */
interface Live {
  readonly cwd: string;
  readonly target: RepairTarget;
  live(io: Io): Promise<Json>;
  /** Directories beside it: one that was built stays, and the next attempt finds it. */
  beside(): readonly string[];
  remove(): void;
}

async function openWorld<A>(live: Live, args: A): Promise<RepairWorld<A>> {
  await home.startApp({ name: 'shop', cwd: live.cwd, code: VERSIONED_APP, awaitAnswer: true });
  const io = ioOf(home.home);
  const workers = async (): Promise<Json> => (await io.pm2.list()).map(({ pmId, pid, status, restarts }) => ({ pmId, pid, status, restarts }));
  const essence = async (): Promise<Json> => ({ live: await live.live(io), cwds: (await io.pm2.list()).map(({ pid }) => (existsSync(`/proc/${pid}/cwd`) ? readlinkSync(`/proc/${pid}/cwd`) : 'gone')) });
  return {
    target: live.target, args, io, essence,
    other() {
      const other = ioOf(home.home, 700);
      return { io: other, cut: () => other.pm2.close() };
    },
    look: async () => ({ workers: await workers(), live: await live.live(io), beside: [...live.beside()] }),
    // Its first steps need no PM2: what a frozen one does to the rest stands in the tests of the workers' steps.
    freeze: null,
    thaw: async () => undefined,
    async close() {
      await home.pm2('delete', 'shop').catch(() => undefined);
      await io.pm2.close();
      live.remove();
    },
  };
}

async function sideBySide(): Promise<Live> {
  const { base, box, current, repo, target } = await releasedShop();
  repo.commit(version('v3'), 'Sell most');
  return { cwd: current, target: await target(), live: async () => readlinkSync(current), beside: () => readdirSync(join(base, 'releases')).sort(), remove: () => box.remove() };
}

async function inPlace(): Promise<Live> {
  const box = gitSandbox();
  const repo = box.repo('shop');
  const [v1, v2] = [repo.commit(version('v1')), repo.commit(version('v2'))];
  const target = targetOf({ mode: 'in-place', dir: repo.dir, repo: null }, [await released(v2, repo.dir), await released(v1, repo.dir, { verdict: 'stable', verdictAt: 5 })]);
  return { cwd: repo.dir, target, live: (io) => io.git.head(repo.dir), beside: () => [], remove: () => box.remove() };
}

function refusedOfAll<A>(): RepairCase<A>['refused'] {
  return {
    'an app of which the config says no place': async ({ target }) => ({ target: { ...target, release: null } }),
    'an app without processes': async ({ target }) => ({ target: { ...target, processes: [] } }),
  };
}

const REF = deployArgs.parse({ ref: 'main' });
const noStable: RepairCase<unknown>['refused'] = { 'where nothing stable is known': async ({ target }) => ({ target: { ...target, ledger: target.ledger.slice(0, 1) } }) };

repairContract({ repair: releaseRollback, open: async () => openWorld(await sideBySide(), ROLLBACK), refused: { ...refusedOfAll(), ...noStable } });
repairContract({ repair: { ...releaseRollback, kind: 'release.rollback in place' }, open: async () => openWorld(await inPlace(), ROLLBACK), refused: { ...refusedOfAll(), ...noStable } });
repairContract({
  repair: releaseDeploy, open: async () => openWorld(await sideBySide(), REF),
  refused: { ...refusedOfAll(), 'what is in no repository': async () => ({ args: { ...REF, ref: 'nowhere' } }), 'what is live': async ({ target }) => ({ args: { ...REF, ref: target.running?.commit ?? '' } }) },
});
repairContract({ repair: releaseRehearse, open: async () => openWorld(await sideBySide(), rehearseArgs.parse({})), refused: { 'an app of which the config says no place': refusedOfAll()['an app of which the config says no place'] as never, ...noStable } });
