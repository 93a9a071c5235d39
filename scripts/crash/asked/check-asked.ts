import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askedOf, journal, stepsOnce } from '../check-hands.js';
import { actsOnce, nothingIsLeft, order } from '../check-store.js';
import { lookInto, type Look } from '../look.js';
import { readTrace } from '../trace.js';
import { NOTES, type ReleaseName } from './app-history.js';
import { dirOf, type Ground } from './ground.js';
import type { Seen } from './live.js';
import type { Road } from './road.js';
import type { Stand } from './stand.js';

/** Steps that move something; the others may be looked at or written down again. */
const MOVES = /^act (?:switch current|check out|build|install packages)$/;

export interface AskedRun {
  readonly ground: Ground;
  readonly road: Road;
  readonly dir: string;
  readonly from: ReleaseName;
  readonly to: ReleaseName;
  /** How often HEAD of a tree had moved before; of releases 0. */
  readonly movesBefore: number;
  readonly seen: Seen;
  readonly stand: Stand;
}

/** old and new: the release that answers afterwards. */
export type Outcome = 'new' | 'old' | 'unclear';

export async function checkAsked(asked: AskedRun): Promise<{ readonly outcome: Outcome; readonly wrong: readonly string[] }> {
  const { seen, stand, from, to } = asked;
  const found = await lookInto(asked.dir, async (look) => [
    ...(await nothingIsLeft(look)), ...(await order(look)), ...(await actsOnce(look)),
    ...stepsOnce(await journal(look.db), askedOf(asked.dir)), ...(await ending(look, asked)), ...movesOnce(asked),
  ]);
  const outcome = stand.release === to ? 'new' : stand.release === from ? 'old' : 'unclear';
  return { outcome, wrong: [...(seen.stuck === null ? [] : [seen.stuck]), ...stand.wrong, ...(found ?? ['there is no store to look into']), ...(await history(asked)), ...(await restorePoint(asked))] };
}

/** The store says of the rollback what the app shows: verified is the new release, anything else is the old one. */
async function ending({ db }: Look, { road, stand, from, to }: AskedRun): Promise<readonly string[]> {
  const runs = await db.selectFrom('remediations').selectAll().execute();
  const incidents = await db.selectFrom('incidents').selectAll().execute();
  const [one] = runs;
  if (!one || runs.length > 1) return [`${runs.length} remediations instead of one (${incidents.map(({ title, reason }) => `${title}: ${reason ?? ''}`).join('; ')})`];
  const wanted = one.state === 'verified' ? to : from;
  return [
    ...(stand.release === wanted ? [] : [`the rollback is ${one.state} (${one.outcome ?? ''}), and ${stand.release ?? 'a mixture'} answers`]),
    ...(road.back || one.state === 'verified' ? [] : [`the rollback is ${one.state}: ${one.outcome ?? ''}`]),
    ...(road.back && one.state !== 'failed' ? [`the rollback to a release that dies is ${one.state}`] : []),
  ];
}

/** What came back is not done again: only what a death cut short. */
function movesOnce({ dir, road }: AskedRun): readonly string[] {
  const counts = new Map<string, number>();
  for (const { line, what } of readTrace(dir, 'monitor')) if (line === 'ended' && MOVES.test(what)) counts.set(what, (counts.get(what) ?? 0) + 1);
  return [...counts].filter(([, times]) => times > 1).map(([what, times]) => `“${what}” was done ${times} times${road.back ? ' on the way there' : ''}`);
}

/** There once, and back once where it went back. */
async function history({ ground, seen, from, to, stand, movesBefore }: AskedRun): Promise<readonly string[]> {
  if (ground.mode === 'releases') {
    const sides = seen.link.map((name) => (dirOf(ground, to).endsWith(name) ? to : dirOf(ground, from).endsWith(name) ? from : name)).join();
    const wanted = stand.release === to ? [[from, to]] : [[from], [from, to, from]];
    return wanted.some((one) => one.join() === sides) ? [] : [`the link led to ${sides}`];
  }
  const moves = (await movesOf(ground)) - movesBefore;
  return (stand.release === to ? [1] : [0, 2]).includes(moves) ? [] : [`HEAD moved ${moves} times`];
}

/** How often HEAD of a tree was moved; 0 for releases. */
export async function movesOf({ mode, base }: Ground): Promise<number> {
  if (mode === 'releases') return 0;
  return (await readFile(join(base, '.git', 'logs', 'HEAD'), 'utf8')).trim().split('\n').length;
}

/** How it stood before, written down before anything was moved. */
async function restorePoint({ ground, seen, from, stand, to }: AskedRun): Promise<readonly string[]> {
  if (stand.release !== to) return [];
  const place = join(ground.base, ground.mode === 'releases' ? '.hypercare' : join('.git', 'hypercare'));
  const names = (await readdir(place).catch(() => [])).filter((name) => /^restore-point-.*\.json$|\.patch$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(join(place, name), 'utf8')));
  const found = ground.mode === 'releases'
    ? texts.some((text) => saysWhere(text, dirOf(ground, from), seen.askedAt))
    : names.some((name, n) => name.startsWith(ground.commits[from].slice(0, 12)) && Number(name.split(/[-.]/)[1]) >= seen.askedAt && texts[n]?.includes(NOTES));
  return found ? [] : [`${place} has no restore point of this rollback`];
}

function saysWhere(text: string, dir: string, since: number): boolean {
  const { at, link } = JSON.parse(text) as { readonly at: string; readonly link: { readonly leadsTo: string } };
  return Date.parse(at) >= since && link.leadsTo === dir;
}
