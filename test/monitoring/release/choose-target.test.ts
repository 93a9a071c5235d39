import { describe, expect, it } from 'vitest';
import { chooseTarget } from '../../../monitoring/release/choose-target.js';
import type { ReleaseId, ResourceId } from '../../../src/domain/ids.js';
import type { Release } from '../../../src/domain/release.js';

function release(digit: string, fields: Partial<Release> = {}): Release {
  return {
    id: `r${digit}` as ReleaseId, appId: 'a' as ResourceId, commit: digit.repeat(40), dir: `/srv/releases/${digit}`, lockHash: null, configHash: null,
    nodeVersion: null, firstSeenAt: 0, verdict: 'unwatched', verdictAt: 0, verdictReason: null, quarantinedAt: null, ...fields,
  };
}

const running = release('9');
const choose = (ledger: readonly Release[], to: string | null = null): unknown => {
  const chosen = chooseTarget({ name: 'shop', running, ledger: [running, ...ledger], releases: '/srv/releases' }, to);
  return 'refused' in chosen ? chosen.refused : chosen.to.id;
};

describe('the target of a rollback', () => {
  it('is the newest that was found stable, not the one before', () => {
    expect(choose([release('8'), release('7', { verdict: 'stable', verdictAt: 10 }), release('6', { verdict: 'stable', verdictAt: 20 })])).toBe('r6');
  });

  it.each(['unwatched', 'watching', 'unproven', 'superseded'] as const)('is never, unasked, one that is %s', (verdict) => {
    expect(choose([release('8', { verdict, verdictAt: 99 })])).toMatch(/^No release of shop is marked stable/);
  });

  it('is left to a person, who is told what there is, where none was found stable', () => {
    expect(choose([release('7', { firstSeenAt: 1, verdict: 'bad' }), release('8', { firstSeenAt: 2, verdict: 'superseded' })])).toBe(
      'No release of shop is marked stable; one that a person knows to be good can be named with --to. Seen were 8888888 (superseded)',
    );
    expect(choose([])).toBe('There is no release of shop to go back to yet: only the running one was ever seen. One becomes stable by passing its watch, or by “restore-point shop” while it runs');
  });

  it('is named to nobody who could not go there', () => {
    const nowhere = 'There is no release of shop to go back to yet: of the others that were seen none can be gone to';
    expect(choose([release('7', { firstSeenAt: 1, verdict: 'bad' }), release('6', { verdict: 'stable', quarantinedAt: 3 })])).toBe(`${nowhere}: 7777777 (bad), 6666666 (in quarantine). One becomes stable by passing its watch, or by “restore-point shop” while it runs`);
    const ofOneTree = (fields: Partial<Release>): unknown => chooseTarget({ name: 'shop', running, ledger: [running, release('8', { dir: running.dir, ...fields })], releases: null }, null);
    for (const fields of [{ commit: null }, { commit: running.commit }]) expect(ofOneTree(fields)).toEqual({ refused: expect.stringContaining(nowhere) as unknown });
    expect(choose([release('8', { commit: null })])).toMatch(/Seen were r8 \(unwatched\)$/);
    expect(choose([release('8', { commit: null })], 'r8')).toBe('r8');
  });

  it('is told to be the one that runs, from the next release on, where that is stable already', () => {
    const refused = (fields: Partial<Release>, releases: string | null, ledger: readonly Release[] = []): unknown => chooseTarget({ name: 'shop', running: { ...running, verdict: 'stable', ...fields }, ledger, releases }, null);
    expect(refused({}, '/srv/releases')).toEqual({ refused: 'What runs of shop (9999999) is stable, and no other release of it is: it is the way back of the next that goes live' });
    expect(refused({}, null, [release('8', { verdict: 'superseded' })])).toEqual({ refused: 'What runs of shop (9999999) is stable, and no other release of it is: it is the way back of the next that goes live. Until then one that a person knows to be good can be named with --to. Seen were 8888888 (superseded)' });
    expect(refused({ commit: null }, null)).toEqual({ refused: expect.stringContaining('There is no release of shop to go back to yet') as unknown });
  });

  it('is never one in quarantine, even though it was stable', () => {
    expect(choose([release('8', { verdict: 'stable', quarantinedAt: 5 })])).toMatch(/none can be gone to: 8888888 \(in quarantine\)/);
    expect(choose([release('8', { verdict: 'stable', quarantinedAt: 5 })], 'r8')).toContain('is not gone back to');
  });

  it('can be named by id or by seven digits of its commit, also when it was never watched', () => {
    expect(choose([release('8')], 'r8')).toBe('r8');
    expect(choose([release('8')], '8888888')).toBe('r8');
    expect(choose([release('8')], '888888')).toMatch(/^No release of shop that was ever seen/);
  });

  it('is never a directory outside of the app’s releases, however good, whoever names it', () => {
    const foreign = release('7', { dir: '/srv/blog', verdict: 'stable', verdictAt: 99 });
    expect(choose([foreign, release('6', { verdict: 'stable', verdictAt: 20 })])).toBe('r6');
    expect(choose([foreign])).toMatch(/^There is no release of shop to go back to yet/);
    for (const to of ['r7', '7777777']) expect(choose([foreign], to)).toBe('7777777 was seen in /srv/blog, which is not below /srv/releases, and is not gone to');
    expect(choose([foreign, release('7', { id: 'own' as ReleaseId })], '7777777')).toBe('own');
  });

  it('prefers the good one of two releases of the same commit', () => {
    expect(choose([release('8', { verdict: 'bad' }), { ...release('8'), id: 'again' as ReleaseId }], '8888888')).toBe('again');
  });
});
