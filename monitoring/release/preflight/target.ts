import { sayDuration } from '../../../src/domain/duration.js';
import { releaseName, type Release } from '../../../src/domain/release.js';
import { ranMs, type ReleaseLife } from '../../../src/domain/release-life.js';
import type { PreflightCheck } from './check.js';

/** Where to, who found it good, and how long it was healthy. */
export const target: PreflightCheck = {
  about: 'target',
  async look({ from, to, repo, past }, { git, clock }) {
    const line = repo && to.commit ? await git.subject(repo, to.commit).catch(() => null) : null;
    const life = past?.lives.get(to.id);
    const says = `from ${releaseName(from)} back to ${releaseName(to)}${line ? ` “${line}”` : ''}, ${standing(to)}; ${healthy(life, clock.now())}`;
    return { light: to.verdict === 'stable' ? 'green' : 'amber', says };
  },
};

function standing(to: Release): string {
  if (to.verdict === 'stable') return `stable since ${utc(to.verdictAt)}${to.verdictReason ? ` (${to.verdictReason})` : ''}`;
  return `which was never found stable: it is ${to.verdict}`;
}

function healthy(life: ReleaseLife | undefined, now: number): string {
  if (!life) return 'it was not watched while it ran';
  const ran = ranMs(life, now);
  const well = `it was healthy for ${sayDuration(Math.max(0, ran - life.sickMs))} of ${sayDuration(ran)}`;
  return life.incidents === 0 ? `${well}, without an incident` : `${well}, with ${life.incidents === 1 ? 'one incident' : `${life.incidents} incidents`}`;
}

function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

