import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostId } from '../../src/domain/ids.js';
import type { Resource } from '../../src/domain/resource.js';
import { systemClock } from '../../src/io/clock.js';
import { packageRoot } from '../../src/io/package-root.js';
import { hostByName } from '../../src/store/hosts.js';
import { openIncidents } from '../../src/store/incidents.js';
import { newestLaunchOf } from '../../src/store/launches.js';
import { personNamed } from '../../src/store/people.js';
import { openQuestions } from '../../src/store/questions.js';
import { getRelease } from '../../src/store/releases.js';
import { putRequest } from '../../src/store/requests.js';
import { listResources } from '../../src/store/resources.js';
import { pm2 as pm2Cli } from '../pm2-cli.js';
import { run } from '../run.js';
import { buildRelease, shopPlaces, switchTo } from '../shop/layout.js';
import { until } from '../until.js';
import { startPair, type Pair } from './pair.js';
import type { Place } from './place.js';
import { declareApp, git, startApp, type BenchApp, type Mode, type Origin } from './rollback-app.js';
import type { RollbackWay } from './rollback-way.js';

const HOST = 'bench';
const OPERATOR = 'operator of the bench';
const READY = { withinMs: 60_000, everyMs: 50 } as const;
const COMMAND_WITHIN_MS = 180_000;

/** Where the app's releases stand, and how one of them goes live there before anybody reloads. */
interface Layout {
  readonly app: BenchApp;
  readonly mode: Mode;
  readonly name: string;
  /** The lines of `release:` in the configuration. */
  readonly release: string;
  place(commit: string): Promise<void>;
}

interface Watched {
  readonly pair: Pair;
  readonly hostId: HostId;
  readonly home: string;
  readonly config: string;
}

/** Monitor and bot as they are shipped beside four apps; who says yes types `hypercare approve`. */
export async function hypercareWays(place: Place, origin: Origin, { good, home, user }: { readonly good: string; readonly home: string; readonly user: string }): Promise<readonly RollbackWay[]> {
  const layouts: Layout[] = [];
  for (const mode of ['cluster', 'fork'] as const) layouts.push(await directories(place, origin, mode), await inPlace(place, origin, mode));
  for (const layout of layouts) {
    await layout.place(good);
    await startApp(home, layout.app);
  }
  const dir = join(place.dir, 'hypercare');
  await mkdir(dir, { recursive: true });
  const pair = await startPair(place, dir, configOf(layouts, { dir, home, user }));
  const hostId = await until('the monitor has entered its host', async () => (await hostByName(pair.store.db, HOST))?.id ?? null, READY);
  const watched: Watched = { pair, hostId, home, config: join(dir, 'hypercare.yaml') };
  for (const { app } of layouts) {
    await until(`${app.name} is watched`, () => runs(watched, app, good), READY);
    await hypercare(watched, 'restore-point', app.name, '--reason', 'the bench begins with it');
  }
  return layouts.map((layout) => wayOf(watched, layout));
}

async function directories(place: Place, origin: Origin, mode: Mode): Promise<Layout> {
  const dir = join(place.dir, `directories-${mode}`);
  const places = { ...shopPlaces(dir), repo: origin.repo };
  const app = await declareApp(dir, { name: `directories-${mode}`, mode, cwd: places.current });
  return {
    app, mode, name: 'hypercare: release directories', release: `{ mode: releases, dir: ${JSON.stringify(dir)}, repo: ${JSON.stringify(origin.repo)} }`,
    place: async (commit) => switchTo(places, await buildRelease(places, commit)),
  };
}

async function inPlace(place: Place, origin: Origin, mode: Mode): Promise<Layout> {
  const tree = join(place.dir, `tree-${mode}`, 'app');
  const app = await declareApp(join(place.dir, `tree-${mode}`), { name: `tree-${mode}`, mode, cwd: tree });
  await git(['clone', '--quiet', origin.repo, tree]);
  return {
    app, mode, name: 'hypercare: in place', release: `{ mode: in-place, dir: ${JSON.stringify(tree)} }`,
    async place(commit) {
      await git(['-C', tree, 'fetch', '--quiet', 'origin']);
      await git(['-C', tree, 'checkout', '--quiet', '--detach', commit]);
    },
  };
}

/** Only pages that are well in every release are watched: nothing is found or repaired while a person decides. */
function configOf(layouts: readonly Layout[], { dir, home, user }: { readonly dir: string; readonly home: string; readonly user: string }): string {
  const apps = layouts.map(({ app, release }) => `  ${app.name}:\n    url: ${app.url}\n    endpoints: [{ path: /, samples: 1 }]\n    release: ${release}`);
  return `host: { name: ${HOST}, cpu: 100 }
data_dir: ${JSON.stringify(dir)}
pm2_home: ${JSON.stringify(home)}
apps:
${apps.join('\n')}
policy:
  default: observe
  rules: [{ repair: release.rollback, rung: ask }]
  restarts: { per_30m: 100, per_24h: 1000 }
people:
  - { name: ${JSON.stringify(user)}, role: approver, terminal: ${JSON.stringify(user)} }
  - { name: ${OPERATOR}, role: operator, terminal: nobody-of-the-bench }
watch:
  tiers: [{ until: 1h, every: 2s }]
  settle: 1s
  warm_up: 1s
`;
}

function wayOf(watched: Watched, { app, mode, name, place }: Layout): RollbackWay {
  return {
    mode, name, ours: true, url: app.url,
    async deploy(commit) {
      await place(commit);
      await pm2Cli(watched.home, ['reload', app.name]);
      await until(`${app.name} is seen to run the release`, () => runs(watched, app, commit), READY);
    },
    ready: () => askFor(watched, app),
    async back() {
      await hypercare(watched, 'approve', app.name);
      return newestYes(watched);
    },
  };
}

async function runs({ pair, hostId }: Watched, { name }: BenchApp, commit: string): Promise<boolean> {
  const resource = await appNamed(pair, hostId, name);
  const launch = resource && (await newestLaunchOf(pair.store.db, resource.id));
  return launch ? (await getRelease(pair.store.db, launch.releaseId)).commit === commit : false;
}

/** As an operator asks in a chat, so that somebody else has to say yes. */
async function askFor({ pair, hostId }: Watched, { name }: BenchApp): Promise<void> {
  const { store } = pair;
  await until('nothing is open', async () => (await openIncidents(store.db, hostId)).length === 0, READY);
  const [app, person] = [await appNamed(pair, hostId, name), await personNamed(store.db, hostId, OPERATOR)];
  if (!app || !person) throw new Error('the bench has lost its own app');
  const args = { app: name, to: null, reason: 'the checkout is broken', planOnly: false };
  const now = systemClock.now();
  await store.write((tx) => putRequest(tx, hostId, { resourceId: app.id, verb: 'rollback', args, personId: person.id, via: 'terminal', key: `bench:${name}:${now}` }, now));
  await until('people are asked', async () => (await openQuestions(store.db, hostId)).length > 0, READY);
}

async function newestYes({ pair }: Watched): Promise<number | null> {
  const { at } = await pair.store.db.selectFrom('answers').select((eb) => eb.fn.max('at').as('at')).where('yes', '=', 1).executeTakeFirstOrThrow();
  return at;
}

async function appNamed({ store }: Pair, hostId: HostId, name: string): Promise<Resource | null> {
  return (await listResources(store.db, hostId)).find((one) => one.kind === 'app' && one.name === name) ?? null;
}

/** Typed in a terminal; throws unless it ends well. */
async function hypercare({ config }: Watched, ...words: readonly string[]): Promise<void> {
  await run(process.execPath, [join(packageRoot(), 'bin', 'hypercare.js'), ...words], { env: { HYPERCARE_CONFIG: config }, timeoutMs: COMMAND_WITHIN_MS });
}
