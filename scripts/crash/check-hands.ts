import type { Db, StepsTable } from '../../src/store/schema.js';
import type { Finished } from './finished.js';
import { workersOf } from './check-store.js';
import { isAskedOfPm2 } from './fate.js';
import type { Look } from './look.js';
import { readTrace } from './trace.js';

/** What a plan says of steps that ask PM2 to start workers anew; the others move a link, or only look. */
const STARTS = 'pm2 ';

/** A step of the journal, with whether it is one that starts workers. */
export type JournalStep = StepsTable & { readonly starts: boolean };

/** One time PM2 was asked. */
export interface Asked {
  readonly what: string;
  readonly at: number;
  /** It came back; otherwise the monitor died, and whether PM2 did it nobody can tell from here. */
  readonly ended: boolean;
}

/** What really happened to PM2's workers, the link and the shop, against what the journal says was done. */
export async function checkHands({ db }: Look, run: Finished): Promise<readonly string[]> {
  const steps = await journal(db);
  const asked = askedOf(run.dir);
  const undone = run.ending.rollback === 'verified' ? steps.filter(({ dir }) => dir === 'undo').map(({ name }) => `“${name}” was undone`) : [];
  return [...stepsOnce(steps, asked), ...restarts(asked, run), ...link(run), ...shop(run), ...undone];
}

export async function journal(db: Db): Promise<readonly JournalStep[]> {
  const rows = await db.selectFrom('steps').innerJoin('remediations', 'remediations.id', 'steps.remediation_id').innerJoin('plans', 'plans.id', 'remediations.plan_id').selectAll('steps').select('plans.body').execute();
  return rows.map(({ body, ...step }) => {
    const { does } = JSON.parse(body ?? '{"does":[]}') as { readonly does: readonly { readonly does: string }[] };
    return { ...step, starts: step.dir === 'undo' || (does[step.n]?.does.startsWith(STARTS) ?? false) };
  });
}

export function askedOf(dir: string): readonly Asked[] {
  const lines = readTrace(dir, 'monitor');
  return lines.flatMap(({ line, what, at }, index) => {
    if (line !== 'reached' || !isAskedOfPm2(what)) return [];
    const after = lines.slice(index + 1).find((later) => (later.line === 'ended' && later.what === what) || later.line === 'killed');
    return after?.line === 'killed' && after.what.includes(`${what}#`) && after.what.endsWith('/before') ? [] : [{ what, at, ended: after?.line === 'ended' }];
  });
}

/** A step that was done was asked for once; only one whose asking a death cut short may be asked for again. */
export function stepsOnce(steps: readonly JournalStep[], asked: readonly Asked[]): readonly string[] {
  const starting = steps.filter(({ starts }) => starts);
  const owned = starting.map((step) => ({ step, asked: asked.filter(({ at }) => at >= step.intended_at && at <= (step.ended_at ?? Number.POSITIVE_INFINITY)) }));
  const strays = asked.filter((one) => !owned.some((other) => other.asked.includes(one)));
  return [
    ...owned.filter((one) => one.asked.filter(({ ended }) => ended).length > 1).map(({ step }) => `step “${step.name}” was done twice`),
    ...owned.filter((one) => one.step.dir === 'do' && one.step.state === 'done' && one.asked.length === 0).map(({ step }) => `step “${step.name}” is done, and nobody asked PM2 for it`),
    ...strays.map(({ what }) => `${what} belongs to no step`),
  ];
}

/** Each worker was started anew by the deploy, by each act that came back, and at most once by each that was cut short. */
function restarts(asked: readonly Asked[], run: Finished): readonly string[] {
  if (run.ending.crashes) return []; // PM2 started them too, as often as it liked.
  const { before } = run.witnessed.processes;
  const least = 1 + asked.filter(({ ended }) => ended).length;
  const most = 1 + asked.length;
  return workersOf(run).flatMap((worker) => {
    const was = before.find(({ pmId }) => pmId === worker.pmId);
    const times = worker.restarts - (was?.restarts ?? 0);
    return times >= least && times <= most ? [] : [`worker ${worker.pmId} was started ${times} times instead of ${least === most ? least : `${least} to ${most}`} (${asked.map(({ what, ended }) => `${what}${ended ? '' : ' cut short'}`).join(', ')})`];
  });
}

/** Switched by the deploy, by the rollback and by its way back, and never to where it led before. */
function link({ witnessed, good, ending }: Finished): readonly string[] {
  const sides = witnessed.link.map((dir) => (dir === good ? 'good' : 'bad'));
  return sides.join() === ending.link.join() ? [] : [`the link led to ${witnessed.link.join(', ')}`];
}

function shop({ witnessed: { answers }, ending }: Finished): readonly string[] {
  const well = answers.versions.join() === ending.shop.version && answers.checkout.join() === String(ending.shop.checkout);
  return well ? [] : [`the shop answers as ${answers.versions.join(' and ')}, its checkout with ${answers.checkout.join(' and ')}`];
}
