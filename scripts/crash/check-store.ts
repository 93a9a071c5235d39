import type { Pm2Process } from '../../src/io/pm2.js';
import { tickOffsets } from '../../src/domain/tiers.js';
import { brokenAt } from '../../src/store/audit-chain.js';
import { LIVE_PLAN_STATES } from '../../src/store/plans.js';
import { ledgerOf } from '../../src/store/releases.js';
import type { Finished } from './finished.js';
import type { Look } from './look.js';
import { readTrace } from './trace.js';
import { readConfig } from './run-config.js';

/** A pass of the loop on a busy machine, and the birth of a new life, may lie between a tick's time and the tick. */
const TICK_SLACK_MS = 8_000;

/** What the store says, looked at by itself: everything came to an end, once, and in order. */
export async function checkStore(look: Look, run: Finished): Promise<readonly string[]> {
  const found = await Promise.all([nothingIsLeft(look), incidents(look, run), oneRollback(look, run), ledger(look, run), answers(look, run), acts(look, run), order(look), heard(look), ticks(look, run)]);
  return found.flat();
}

export async function nothingIsLeft({ db }: Look): Promise<readonly string[]> {
  const plans = await db.selectFrom('plans').selectAll().where('state', 'in', [...LIVE_PLAN_STATES]).execute();
  const runs = await db.selectFrom('remediations').selectAll().where((eb) => eb.or([eb('ended_at', 'is', null), eb('open_lane', 'is not', null)])).execute();
  const steps = await db.selectFrom('steps').selectAll().where('ended_at', 'is', null).execute();
  const requests = await db.selectFrom('requests').selectAll().where('ended_at', 'is', null).execute();
  return [
    ...plans.map((plan) => `plan ${plan.repair} is left ${plan.state}`),
    ...runs.map((one) => `remediation ${one.id} is left ${one.state}`),
    ...steps.map((step) => `step “${step.name}” is left ${step.state}`),
    ...requests.map((request) => `request ${request.verb} has no end`),
  ];
}

/** The newest is the one that was asked about; whatever came before it was over by then. */
async function incidents({ db }: Look, { ending }: Finished): Promise<readonly string[]> {
  const all = await db.selectFrom('incidents').selectAll().orderBy('opened_at', 'desc').orderBy('id', 'desc').execute();
  const findings = await db.selectFrom('findings').innerJoin('incidents', 'incidents.id', 'findings.incident_id').select(['findings.title']).where('findings.open_key', 'is not', null).where('incidents.state', '=', 'resolved').execute();
  return [
    ...all.filter(({ state }, n) => state !== (n === 0 ? ending.incident : 'resolved')).map(({ title, state }) => `incident “${title}” is left ${state}`),
    ...findings.map(({ title }) => `finding “${title}” is left open`),
  ];
}

async function oneRollback({ db }: Look, { ending }: Finished): Promise<readonly string[]> {
  const runs = await db.selectFrom('remediations').innerJoin('plans', 'plans.id', 'remediations.plan_id').select(['plans.repair', 'remediations.state', 'remediations.outcome']).execute();
  const rollbacks = runs.filter(({ repair }) => repair === 'release.rollback');
  const rungs = runs.map(({ repair }) => repair);
  return [
    ...(rollbacks.length === 1 ? [] : [`${rollbacks.length} rollbacks instead of one`]),
    ...rollbacks.filter(({ state }) => state !== ending.rollback).map(({ state, outcome }) => `the rollback is ${state}: ${outcome}`),
    ...(new Set(rungs).size === rungs.length ? [] : [`the same repair ran more than once: ${rungs.join(', ')}`]),
  ];
}

/** What became of both releases and of their launches. */
async function ledger({ db, appId }: Look, { good, ending }: Finished): Promise<readonly string[]> {
  const launches = await db.selectFrom('launches').innerJoin('releases', 'releases.id', 'launches.release_id').select(['launches.state', 'launches.release_id', 'releases.dir']).orderBy('launches.started_at').orderBy('launches.id').execute();
  // Others were entered from the repository's tags, and never ran here.
  const known = appId === null ? [] : (await ledgerOf(db, appId)).filter(({ id }) => launches.some(({ release_id }) => release_id === id));
  const states = launches.map(({ state, dir }) => `${dir.endsWith(good) ? 'good' : 'bad'} ${state}`).join(', ');
  return [
    ...known.flatMap((one) => one.dir.endsWith(good)
      ? one.verdict === 'stable' ? [] : [`the good release counts as ${one.verdict}`]
      : one.verdict === ending.badRelease.verdict && (one.quarantinedAt !== null) === ending.badRelease.quarantined ? [] : [`the bad release counts as ${one.verdict}${one.quarantinedAt === null ? ' and is not quarantined' : ''}`]),
    ...(known.length === 2 ? [] : [`${known.length} releases ran instead of two`]),
    ...(states === ending.launches ? [] : [`the launches were ${states}`]),
  ];
}

async function answers({ db }: Look, { witnessed }: Finished): Promise<readonly string[]> {
  const questions = await db.selectFrom('questions').selectAll().execute();
  const given = await db.selectFrom('answers').selectAll().orderBy('at').execute();
  const outcomes = given.map(({ nonce, outcome }) => `${nonce} ${outcome}`).join(', ');
  return [
    ...(questions.length === 1 && questions[0]?.state === 'approved' ? [] : [`questions: ${questions.map(({ state }) => state).join(', ') || 'none'}`]),
    ...(outcomes === 'press-1 counted, press-2 already_decided' ? [] : [`answers: ${outcomes || 'none'}`]),
    ...(witnessed.presses.join() === 'true,false,true' ? [] : [`presses kept: ${witnessed.presses.join() || 'none'}`]),
  ];
}

/** Budgets count these rows: one for each remediation and one more where it was undone, none for anything else of ours. */
export async function actsOnce({ db }: Look): Promise<readonly string[]> {
  const counted = (await db.selectFrom('acts').select('dedupe').where('by', '=', 'us').orderBy('dedupe').execute()).map(({ dedupe }) => dedupe);
  const undone = await db.selectFrom('steps').select('remediation_id as id').distinct().where('dir', '=', 'undo').execute();
  const done = [...(await db.selectFrom('remediations').select('id').execute()).map(({ id }) => `remediation:${id}`), ...undone.map(({ id }) => `undo:${id}`)].toSorted();
  return counted.join() === done.join() ? [] : [`acts of ours: ${counted.join() || 'none'}; remediations: ${done.join() || 'none'}`];
}

/** None of ours counts as another's either. */
async function acts(look: Look, run: Finished): Promise<readonly string[]> {
  const workers = workersOf(run).length;
  const others = await actsOfOthers(look);
  // PM2 tells a deliberate end twice, and only the first time that it was deliberate: a death between the two loses that.
  const torn = readTrace(run.dir, 'monitor').some(({ line }) => line === 'killed');
  return [
    ...(await actsOnce(look)),
    ...(run.ending.crashes || (others.length <= workers && others.every(({ by, kind }) => kind === 'restart' && (by === 'person' || torn))) ? [] : [`acts of others, where a person reloaded ${workers} workers: ${others.map(({ by, kind }) => `${kind} by ${by}`).join(', ')}`]),
  ];
}

export async function actsOfOthers({ db }: Look): Promise<readonly { readonly by: string; readonly kind: string }[]> {
  return db.selectFrom('acts').select(['by', 'kind']).where('by', '!=', 'us').execute();
}

export function workersOf({ witnessed, place }: Pick<Finished, 'witnessed' | 'place'>): readonly Pm2Process[] {
  return witnessed.processes.after.filter(({ name }) => name === place.shop.name);
}

/** The audit chain is whole, and what is told of one subject is numbered without a gap. */
export async function order({ db, hostId }: Look): Promise<readonly string[]> {
  const broken = await brokenAt(db, hostId);
  const events = await db.selectFrom('events').selectAll().orderBy('n').execute();
  const subjects = new Map<string, number[]>();
  for (const { incident_id, launch_id, n } of events) subjects.set(incident_id ?? launch_id ?? 'the host', [...(subjects.get(incident_id ?? launch_id ?? 'the host') ?? []), n]);
  const gaps = [...subjects].filter(([, numbers]) => numbers.some((n, index) => n !== index + 1));
  return [
    ...(broken === null ? [] : [`the audit chain is broken at ${broken}`]),
    ...gaps.map(([subject, numbers]) => `events of ${subject} are numbered ${numbers.join()}`),
  ];
}

/** What PM2 told was heard. */
async function heard({ db }: Look): Promise<readonly string[]> {
  const signals = await db.selectFrom('signals').select('id').where('taken_at', 'is', null).execute();
  return signals.length === 0 ? [] : [`${signals.length} signals were not taken`];
}

/** Ticks are numbered by their time, so a lost or a doubled one leaves the number beside the clock. A replaced launch ended before that was seen, and ticked until then. */
async function ticks({ db }: Look, { dir, witnessed }: Finished): Promise<readonly string[]> {
  const offsets = tickOffsets(readConfig(dir).watch.tiers);
  const launches = await db.selectFrom('launches').selectAll().execute();
  const ends = await db.selectFrom('events').select(['launch_id', 'at']).where('kind', '=', 'launch.ended').execute();
  return launches.flatMap((launch) => {
    const age = (ends.find((end) => end.launch_id === launch.id)?.at ?? witnessed.endedAt) - launch.started_at;
    const last = offsets[launch.ticks_made - 1] ?? -1;
    const next = offsets[launch.ticks_made] ?? Number.POSITIVE_INFINITY;
    if (last <= age && next > age - TICK_SLACK_MS) return [];
    return [`${launch.ticks_made} ticks of a launch ${launch.state} for ${age} ms`];
  });
}
