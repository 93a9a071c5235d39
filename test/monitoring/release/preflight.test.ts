import { describe, expect, it } from 'vitest';
import { preflight } from '../../../monitoring/release/preflight.js';
import { HypercareError } from '../../../src/domain/errors.js';
import type { Git } from '../../../src/io/git.js';
import type { Release } from '../../../src/domain/release.js';

const side = (fields: Partial<Release>): Release => ({ commit: 'a'.repeat(40), dir: '/srv/a', lockHash: 'x', nodeVersion: null, verdict: 'stable', verdictAt: 0, verdictReason: null, ...fields }) as Release;

function git(paths: readonly string[] | HypercareError): Git {
  return {
    subject: async () => null,
    changed: async () => {
      if (paths instanceof HypercareError) throw paths;
      return { paths, total: paths.length };
    },
  } as unknown as Git;
}

const look = (paths: readonly string[] | HypercareError, fields: Partial<Release> = {}): ReturnType<typeof preflight> =>
  preflight({ from: side({ commit: 'b'.repeat(40) }), to: side(fields), repo: '/srv/repo' }, git(paths));

describe('the pre-flight of a rollback', () => {
  it.each([
    ['prisma/migrations/20261101_orders/migration.sql', 1],
    ['migrations/0001_init.ts', 1],
    ['db/migrate/001_orders.js', 1],
    ['drizzle/0000_calm_hulk.sql', 1],
    ['src/migrations/20261101-orders.cjs', 1],
    ['docs/migrations/README.md', 0],
    ['src/immigration/form.js', 0],
    ['migrate.js', 0],
  ])('counts %s as %i migrations', async (path, count) => {
    expect((await look([path, 'src/app.js'])).migrations).toBe(count);
  });

  it('does not call an unanswered question zero', async () => {
    const { migrations, notes } = await look(new HypercareError('git.no_commit', 'invalid', 'the repository does not have that commit'));
    expect(migrations).toBeNull();
    expect(notes).toContain('which files differ is not known: the repository does not have that commit');
    expect((await look([], { commit: null })).migrations).toBeNull();
  });

  it('says so when nobody ever found the target good', async () => {
    expect((await look([], { verdict: 'superseded' })).notes[0]).toContain('which was never found stable: it is superseded');
  });

  it('names a few of many files, and compares the lockfiles', async () => {
    const { notes } = await look(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(notes).toContain('7 files differ: a, b, c, d, e and 2 more');
    expect(notes).toContain('the lockfile is equal');
    expect((await look(['a'], { lockHash: 'y' })).notes).toContain('the lockfile differs');
    expect((await look(['a'], { lockHash: null })).notes).toContain('only one of them has a lockfile');
  });
});
