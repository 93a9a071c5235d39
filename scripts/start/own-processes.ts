import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HypercareError } from '../../src/domain/errors.js';
import { systemClock } from '../../src/io/clock.js';
import { listPm2, type Pm2Entry, pm2 } from '../pm2-cli.js';
import { until } from '../until.js';
import { downError } from './last-words.js';
import type { Place } from './place.js';

/** A checkout of hypercare, and the PM2 its processes run under. */
export interface Checkout {
  readonly root: string;
  readonly pm2Home: string;
}

/** Our own two, under the names ecosystem.config.js gives them, and their compiled scripts. */
export const OWN = [
  { name: 'hypercare-monitor', script: join('dist', 'monitoring', 'main.js') },
  { name: 'hypercare-bot', script: join('dist', 'bot', 'main.js') },
] as const;

export interface OwnProcess {
  readonly name: string;
  readonly pid: number;
  /** How often PM2 had started it again by then. */
  readonly restarts: number;
  /** running: it was, and was left alone · started · renewed: program or configuration changed since, or it had stopped. */
  readonly how: 'running' | 'started' | 'renewed';
}

const UP_WITHIN = { withinMs: 30_000, everyMs: 300 };
/** Younger than this it may be about to end, over its configuration for one. */
const STAYS_UP_MS = 1_500;

/**
 * Monitor and bot run under the checkout's PM2 with this place's configuration. One that runs already is left alone
 * unless the program was built or the configuration was written since. Throws `own.foreign` when another checkout's
 * processes hold the names, `own.other` when ours watch another configuration, `own.down` when one does not stay up.
 */
export async function startOwn(checkout: Checkout, place: Place): Promise<readonly OwnProcess[]> {
  for (const { script } of OWN) requireBuilt(checkout.root, script);
  const before = await ownEntries(checkout.pm2Home);
  for (const entry of before) refuseForeign(checkout, entry);
  for (const entry of before.filter((one) => one.status === 'online')) refuseOther(entry, place);
  const kept = before.filter((entry) => isCurrent(checkout, place, entry));
  const gone = before.filter((entry) => !kept.includes(entry));
  for (const entry of gone) await pm2(checkout.pm2Home, ['delete', String(entry.pmId)]);
  const missing = OWN.map((one) => one.name).filter((name) => !kept.some((entry) => entry.name === name));
  if (missing.length > 0) await launch(checkout, place, missing);
  const now = await until('monitor and bot stay up (see why: npx pm2 logs /hypercare/ --nostream)', () => allUp(checkout.pm2Home, kept), UP_WITHIN);
  return now.map(({ name, pid, restarts }) => ({ name, pid, restarts, how: howOf(name, kept, gone) }));
}

async function launch(checkout: Checkout, place: Place, names: readonly string[]): Promise<void> {
  const file = join(checkout.root, 'ecosystem.config.js');
  await pm2(checkout.pm2Home, ['start', file, '--only', names.join(',')], { HYPERCARE_CONFIG: place.config, HYPERCARE_HOME: place.dataDir });
}

/** Whatever bears one of our names, from this checkout or another; the monitor first. */
export async function ownEntries(pm2Home: string): Promise<readonly Pm2Entry[]> {
  const all = await listPm2(pm2Home);
  return OWN.flatMap((one) => all.filter((entry) => entry.name === one.name));
}

/** Null while one of the two is still on its way. Throws when one did not live long enough to be called up. */
async function allUp(pm2Home: string, kept: readonly Pm2Entry[]): Promise<readonly Pm2Entry[] | null> {
  const entries = await ownEntries(pm2Home);
  const restarts = (entry: Pm2Entry): number => entry.restarts - (kept.find(({ pmId }) => pmId === entry.pmId)?.restarts ?? 0);
  const down = entries.find((entry) => ['stopped', 'errored'].includes(entry.status) || (restarts(entry) > 0 && ageMs(entry) < STAYS_UP_MS));
  if (down) throw await downError(down);
  const up = entries.filter((entry) => entry.status === 'online' && ageMs(entry) >= STAYS_UP_MS);
  return up.length === OWN.length ? up : null;
}

/** Throws when one of them was started again since, or is not up any more: it does not come up, and says why. */
export async function requireUp(pm2Home: string, own: readonly OwnProcess[]): Promise<void> {
  const entries = await ownEntries(pm2Home);
  const down = entries.find((entry) => entry.restarts > (own.find(({ name }) => name === entry.name)?.restarts ?? entry.restarts) || entry.status !== 'online');
  if (down) throw await downError(down);
}

function ageMs(entry: Pm2Entry): number {
  return systemClock.now() - entry.startedAt;
}

/** Started after the last build, and after the configuration it read at its start was last written. */
function isCurrent(checkout: Checkout, place: Place, entry: Pm2Entry): boolean {
  const read = [join(checkout.root, 'dist', '.hypercare-build'), place.config, join(dirname(place.config), '.env')];
  return entry.status === 'online' && read.every((file) => !existsSync(file) || entry.startedAt >= statSync(file).mtimeMs);
}

function howOf(name: string, kept: readonly Pm2Entry[], gone: readonly Pm2Entry[]): OwnProcess['how'] {
  if (kept.some((entry) => entry.name === name)) return 'running';
  return gone.some((entry) => entry.name === name) ? 'renewed' : 'started';
}

/** Does PM2 run it from this checkout? */
export function isOwn(root: string, entry: Pm2Entry): boolean {
  return OWN.some((one) => one.name === entry.name && entry.script === join(root, one.script));
}

function refuseForeign(checkout: Checkout, entry: Pm2Entry): void {
  if (isOwn(checkout.root, entry)) return;
  throw new HypercareError('own.foreign', 'denied', `PM2 already runs a "${entry.name}" from elsewhere (${entry.script})`, 'Run `npm stop` in that checkout first: one PM2 is watched by one hypercare.');
}

function refuseOther(entry: Pm2Entry, place: Place): void {
  const config = entry.paths['HYPERCARE_CONFIG'];
  if (config === undefined || config === place.config) return;
  throw new HypercareError('own.other', 'denied', `${entry.name} already runs, with ${config} and not with ${place.config}`, 'Run `npm stop`, then `npm start`.');
}

function requireBuilt(root: string, script: string): void {
  if (existsSync(join(root, script))) return;
  throw new HypercareError('own.unbuilt', 'permanent', `${script} is missing`, 'Run `npm run build`, then `npm start`.');
}
