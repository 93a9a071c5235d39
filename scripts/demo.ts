/** `hypercare demo <fault>`: breaks a sample shop for real, in a PM2 and a store of its own, and tells what happens. */
import { createInterface } from 'node:readline/promises';
import type { Exit } from '../src/commands/command.js';
import type { CliIo } from '../src/cli/cli-io.js';
import { sayDuration } from '../src/domain/duration.js';
import { HypercareError } from '../src/domain/errors.js';
import type { Incident } from '../src/domain/incident.js';
import { nearestWord } from '../src/domain/nearest.js';
import { actsOn } from '../src/store/acts.js';
import { personNamed } from '../src/store/people.js';
import { putRequest, requestStatus } from '../src/store/requests.js';
import { listResources } from '../src/store/resources.js';
import { checksOf } from '../src/store/checks.js';
import { openLaunchOf } from '../src/store/launches.js';
import { recentSamples } from '../src/store/samples.js';
import { remediationsOf } from '../src/store/remediations.js';
import { setScene, type Scene } from './demo/scene.js';
import { tellStory } from './demo/story.js';
import { breakShop, SHOP_FAULTS, type ShopFault } from './shop/break-shop.js';
import { askShop } from './shop/shop.js';
import { until } from './until.js';

const WELL_WITHIN = { withinMs: 30_000, everyMs: 100 };
const STORY_WITHIN_MS = 150_000;
const PAGES = ['/', '/cart', '/checkout', '/health'];
const GOOD_SAMPLES = 5;

const WHAT: Readonly<Record<ShopFault, string>> = {
  crash: 'its price list goes missing while it restarts: every worker dies at boot until PM2 gives up',
  'late-crash-loop': 'a release goes live that runs well for 20 s and then crashes at every boot: PM2 restarts it for ever',
  hang: 'its event loop is blocked for ever: PM2 calls it online',
  errors: 'its memory is corrupted: it answers 500 until it is restarted',
  slow: 'every request becomes slow until it is restarted',
  leak: 'it eats memory until it is restarted',
  'bad-release': 'a release goes live whose checkout answers 500: restarting does not help',
};

type Outcome = 'repaired' | 'rolled_back' | 'escalated';

export async function runDemo(words: readonly string[], io: CliIo, options: { readonly json: boolean }): Promise<Exit> {
  const fault = readFault(words);
  const yes = words.includes('--yes');
  const began = io.clock.monotonic();
  const tell = (event: string, text: string, facts: Readonly<Record<string, unknown>> = {}) => {
    const at = io.clock.monotonic() - began;
    if (options.json) io.stdout.write(`${JSON.stringify({ version: 1, event, ms: Math.round(at), text, ...facts })}\n`);
    else io.stdout.write(`${(at / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
  };
  tell('setting', 'a shop of two workers opens, in a PM2 and a store of its own');
  const scene = await setScene({ user: io.user });
  const interrupted = () => void scene.end().finally(() => process.exit(1));
  process.once('SIGINT', interrupted);
  try {
    await settleIn(scene, io);
    tell('ready', `${scene.shop.url} is watched, well, and its release counts as stable`);
    tell('break', `now ${WHAT[fault]}`);
    const { brokenAt } = await breakShop(scene.shop, fault);
    const incidents = await tellStory(scene, {
      reader: () => ({ now: io.clock.now(), timeZone: io.timeZone }), sleep: (ms) => io.clock.sleep(ms), user: io.user,
      line: tell, answer: () => answer(yes, io, tell),
    }, brokenAt, STORY_WITHIN_MS);
    return await finish(scene, { fault, brokenAt, incidents, tell });
  } finally {
    process.removeListener('SIGINT', interrupted);
    await scene.end();
  }
}

function readFault(words: readonly string[]): ShopFault {
  const unknownFlag = words.find((word) => word.startsWith('-') && word !== '--yes');
  if (unknownFlag) throw new HypercareError('usage', 'invalid', `demo does not know ${unknownFlag}`, 'It takes a fault and --yes.');
  const [word = ''] = words.filter((one) => !one.startsWith('-'));
  const fault = SHOP_FAULTS.find((known) => known === word);
  if (fault) return fault;
  const near = nearestWord(word, SHOP_FAULTS);
  throw new HypercareError('usage', 'invalid', word === '' ? 'demo needs the fault to show' : `there is no fault named “${word}”${near ? `; did you mean ${near}?` : ''}`, `One of: ${SHOP_FAULTS.join(', ')}.`);
}

/** Waits for the first good readings, and vouches for the release as a person would: a rollback may go to it. */
async function settleIn(scene: Scene, io: CliIo): Promise<void> {
  const { store, monitor } = scene;
  const { hostId } = monitor.ctx;
  const app = (await listResources(store.db, hostId)).find((resource) => resource.kind === 'app');
  const person = await personNamed(store.db, io.user);
  if (!app || !person) throw new Error('the demo has lost its own app');
  await until('the shop is watched', async () => (await openLaunchOf(store.db, app.id)) !== null, WELL_WITHIN);
  const request = { resourceId: app.id, verb: 'restore-point', args: { app: app.name, reason: 'the demo begins with it' }, personId: person.id, via: 'terminal', key: 'demo:restore-point' } as const;
  const id = await store.write((tx) => putRequest(tx, hostId, request, io.clock.now()));
  monitor.loop.poke();
  await until('the restore point is set', async () => (await requestStatus(store.db, id)).result?.ok === true, WELL_WITHIN);
  const checks = (await checksOf(store.db, app.id)).filter((check) => check.probe === 'http');
  for (const check of checks) {
    await until(`${check.name} is good`, async () => (await recentSamples(store.db, check.id, 0, 50)).filter((sample) => sample.verdict === 'good').length >= GOOD_SAMPLES, WELL_WITHIN);
  }
}

async function answer(yes: boolean, io: CliIo, tell: (event: string, text: string) => void): Promise<boolean | null> {
  if (yes) {
    tell('answer', 'yes (--yes answers by itself)');
    return true;
  }
  if (!process.stdin.isTTY || !io.stdout.isTTY) {
    tell('answer', 'nobody is there to answer; --yes would');
    return null;
  }
  const ask = createInterface({ input: process.stdin, output: process.stdout });
  const said = await ask.question('          yes or no? ').finally(() => ask.close());
  return /^y(es)?$/i.test(said.trim());
}

interface Ending {
  readonly fault: ShopFault;
  readonly brokenAt: number;
  readonly incidents: readonly Incident[] | null;
  readonly tell: (event: string, text: string, facts?: Readonly<Record<string, unknown>>) => void;
}

/** The shop itself has the last word: it must answer well on every page. */
async function finish(scene: Scene, { fault, brokenAt, incidents, tell }: Ending): Promise<Exit> {
  const well = await answersWell(scene);
  const last = incidents?.[0];
  if (!last) {
    tell('result', 'the story did not come to an end in time', { fault, outcome: 'escalated', detectMs: null, healMs: null, well });
    return 1;
  }
  const sinceMs = await visibleFrom(scene, last, brokenAt);
  const first = incidents.at(-1) ?? last;
  const detectMs = Math.max(0, first.openedAt - sinceMs);
  const healMs = last.closedAt === null ? null : last.closedAt - sinceMs;
  const outcome = await outcomeOf(scene, last);
  const text = healMs === null
    ? `people are needed: ${last.reason ?? last.title}`
    : `${outcome === 'rolled_back' ? 'rolled back' : 'repaired'}: seen after ${sayDuration(detectMs)}, proved well after ${sayDuration(healMs)}${well ? '' : ', but the shop does not answer well'}`;
  tell('result', text, { fault, outcome, detectMs, healMs, well });
  return well && outcome !== 'escalated' ? 0 : 1;
}

/** A release that crashes late is not broken while it still runs well: what PM2 saw first counts. */
async function visibleFrom(scene: Scene, incident: Incident, brokenAt: number): Promise<number> {
  const acts = await actsOn(scene.store.db, incident.resourceId, brokenAt - 1);
  const crash = acts.find((act) => act.by === 'pm2' && act.kind === 'restart');
  return incident.kind === 'crash-loop' && crash ? crash.at : brokenAt;
}

async function outcomeOf(scene: Scene, incident: Incident): Promise<Outcome> {
  if (incident.state !== 'resolved') return 'escalated';
  const helped = (await remediationsOf(scene.store.db, incident.id)).findLast((run) => run.state === 'verified');
  return helped?.repair === 'release.rollback' ? 'rolled_back' : 'repaired';
}

async function answersWell(scene: Scene): Promise<boolean> {
  const answers = await Promise.all(PAGES.map((page) => askShop(scene.shop, page)));
  return answers.every((one) => one?.status === 200);
}
