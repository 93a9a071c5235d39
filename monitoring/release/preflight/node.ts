import { satisfies, validRange } from 'semver';
import type { Git } from '../../../src/io/git.js';
import { treeAt, treeIn } from '../tree.js';
import type { Crossing, PreflightCheck } from './check.js';

/** A rollback does not change Node: the older code runs on what runs now. */
export const node: PreflightCheck = {
  about: 'node',
  async look(crossing, { git }) {
    const { from, to } = crossing;
    const runs = from.nodeVersion;
    if (runs === null) return { light: 'amber', says: 'which Node runs is not known' };
    if (to.nodeVersion === runs) return { light: 'green', says: `it ran on Node ${runs} before, as what runs does now` };
    const wants = await wantedBy(crossing, git);
    const before = to.nodeVersion === null ? 'which Node it ran on is not known' : `it ran on Node ${to.nodeVersion}, what runs now on ${runs}`;
    if (wants !== null && !satisfies(runs, wants.range, { includePrerelease: true })) {
      return { light: 'red', says: `${before}; its ${wants.file} asks for ${wants.range}`, instead: `have PM2 run it on a Node that is ${wants.range}, then ask again` };
    }
    return { light: 'amber', says: `${before}${wants === null ? '' : `; its ${wants.file} allows ${runs}`}; a rollback does not change Node` };
  },
};

/** What the release itself says: engines of package.json, else .nvmrc or .node-version with a plain version. */
async function wantedBy({ to, repo }: Crossing, git: Git): Promise<{ readonly file: string; readonly range: string } | null> {
  const tree = repo !== null && to.commit !== null ? treeAt(git, repo, to.commit) : treeIn(to.dir);
  const engines = enginesOf((await tree.read('package.json')) ?? '');
  if (engines !== null) return { file: 'package.json', range: engines };
  for (const file of ['.nvmrc', '.node-version']) {
    const [version] = /^\d+(?:\.\d+){0,2}$/.exec(((await tree.read(file)) ?? '').trim().replace(/^v/, '')) ?? [];
    if (version !== undefined) return { file, range: version };
  }
  return null;
}

function enginesOf(manifest: string): string | null {
  try {
    const { engines } = JSON.parse(manifest) as { readonly engines?: { readonly node?: unknown } };
    return typeof engines?.node === 'string' && validRange(engines.node) !== null ? engines.node : null;
  } catch {
    return null;
  }
}
