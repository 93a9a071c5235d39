import type { Plan } from '../domain/plan.js';

/** The repair that returns an app to an earlier release. */
export const ROLLBACK = 'release.rollback';

/** 'roll back to 9d1e003', 'do pm2.reload': what the plan would do, in words that stand after 'may I'. */
export function sayPlan(plan: Pick<Plan, 'repair' | 'args'>): string {
  if (plan.repair !== ROLLBACK) return `do ${plan.repair}`;
  const version = versionOf(plan);
  return version === null ? 'roll back' : `roll back to ${version}`;
}

/** The release a rollback goes to, where its arguments name one; a commit is cut to seven digits. */
export function versionOf(plan: Pick<Plan, 'args'>): string | null {
  const to = (plan.args as { readonly to?: unknown } | null)?.to;
  if (typeof to !== 'string' || to === '') return null;
  return /^[0-9a-f]{40}$/.test(to) ? to.slice(0, 7) : to;
}
