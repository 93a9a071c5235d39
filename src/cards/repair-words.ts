import type { Plan } from '../domain/plan.js';
import { REHEARSE } from '../domain/rehearsal.js';
import { TAG } from '../domain/routine.js';
import { releaseName, type Release } from '../domain/release.js';

/** The repair that returns an app to an earlier release. */
export const ROLLBACK = 'release.rollback';
/** The repair that brings another commit live. */
export const DEPLOY = 'release.deploy';

/** The repair that lets in again whom a limiter turns away. */
const LET_IN = 'ratelimit.clear';

/** 'roll back to 9d1e003', 'do pm2.reload': what the plan would do, in words that stand after 'may I'. */
export function sayPlan(plan: Pick<Plan, 'repair' | 'args' | 'prepared'>, releases: readonly Release[]): string {
  if (plan.repair === REHEARSE) return 'rehearse the way back';
  if (plan.repair === TAG) return 'tag the stable release in git';
  if (plan.repair === DEPLOY) return `deploy ${commitOf(plan)}`;
  if (plan.repair === LET_IN) return 'let in again whom its rate limiter turns away';
  if (plan.repair !== ROLLBACK) return `do ${plan.repair}`;
  const version = versionOf(plan, releases);
  return version === null ? 'roll back' : `roll back to ${version}`;
}

/** 'a rollback to 9d1e003', 'pm2.reload': the repair as a noun. */
export function nameRepair(plan: Pick<Plan, 'repair' | 'args' | 'prepared'>, releases: readonly Release[]): string {
  if (plan.repair === REHEARSE) return 'a rehearsal of the way back';
  if (plan.repair === TAG) return 'a git tag of the stable release';
  if (plan.repair === DEPLOY) return `a deploy of ${commitOf(plan)}`;
  if (plan.repair !== ROLLBACK) return plan.repair;
  const version = versionOf(plan, releases);
  return version === null ? 'a rollback' : `a rollback to ${version}`;
}

/** The commit it brings, behind the name a person gave it: 'main (3f2a1b0)'. */
function commitOf({ prepared, args }: Pick<Plan, 'args' | 'prepared'>): string {
  const ref = String((args as { readonly ref?: unknown } | null)?.ref ?? 'another commit');
  const commit = prepared?.brings?.slice(0, 7);
  return commit === undefined || ref.startsWith(commit) ? ref.slice(0, 40) : `${ref.slice(0, 40)} (${commit})`;
}

/** The release that runs after the plan; before it was prepared, the one its arguments ask for. */
function versionOf({ prepared, args }: Pick<Plan, 'args' | 'prepared'>, releases: readonly Release[]): string | null {
  const to = prepared?.leadsTo ?? (args as { readonly to?: unknown } | null)?.to;
  const known = releases.find(({ id }) => id === to);
  if (known) return releaseName(known);
  return typeof to === 'string' && /^[0-9a-f]{7,40}$/.test(to) ? to.slice(0, 7) : null;
}
