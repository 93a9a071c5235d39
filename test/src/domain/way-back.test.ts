import { describe, expect, it } from 'vitest';
import type { Release } from '../../../src/domain/release.js';
import { mayDeploy, wayBackOf } from '../../../src/domain/way-back.js';
import { side } from '../../doubles/crossing.js';

const at = (digit: string, seen: number, fields: Partial<Release> = {}): Release => side({ id: digit as Release['id'], commit: digit.repeat(40), firstSeenAt: seen, verdict: 'superseded', verdictReason: null, ...fields });
const running = at('9', 90, { verdict: 'watching' });

describe('the way back, and why', () => {
  it('is the newest stable one, and names what newer ones are not gone to and why', () => {
    const good = at('6', 60, { verdict: 'stable', verdictAt: 66, verdictReason: 'passed its watch' });
    const ledger = [running, at('8', 80, { verdict: 'bad', quarantinedAt: 85, verdictReason: 'rolled back: 500' }), at('7', 70, { verdictReason: 'superseded by 8888888 after 20 min' }), good, at('5', 50, { verdict: 'stable', verdictAt: 55 })];
    expect(wayBackOf(ledger, running.id)).toMatchObject({
      release: { id: '6' }, why: 'passed its watch',
      passedOver: [{ release: { id: '8' }, why: 'was found bad (rolled back: 500)' }, { release: { id: '7' }, why: 'was never found stable (superseded: superseded by 8888888 after 20 min)' }],
    });
  });

  it('is none where nothing was found stable, and says so', () => {
    expect(wayBackOf([running], running.id)).toEqual({ release: null, why: 'only what runs was ever seen', restorable: true, passedOver: [] });
    expect(wayBackOf([running, at('7', 70)], running.id)).toMatchObject({ release: null, why: 'no other release of it was found stable, or vouched for', passedOver: [{ release: { id: '7' } }] });
  });

  it('is none yet where what runs is the only stable one, which the next release goes back to', () => {
    const good = at('9', 90, { verdict: 'stable' });
    expect(wayBackOf([good, at('7', 70)], good.id)).toMatchObject({ release: null, restorable: true, atNext: true });
    expect(wayBackOf([running, at('7', 70)], running.id)).not.toHaveProperty('atNext');
  });

  it('is never one where what runs is in no git, and its directory the only one', () => {
    const plain = at('9', 90, { commit: null, dir: '/srv/app', verdict: 'watching' });
    expect(wayBackOf([plain, at('7', 70, { commit: null, dir: '/srv/app' })], plain.id)).toMatchObject({ release: null, restorable: false, why: 'it runs in a directory that is not in git, so there is nothing older to go to' });
    expect(wayBackOf([plain, at('7', 70, { commit: null, dir: '/srv/app-1' })], plain.id)).toMatchObject({ release: null, restorable: true });
  });

  it('does not name what was only imported, and never ran here', () => {
    const tags = ['a', 'b'].map((digit) => at(digit, 95, { verdict: 'unwatched', verdictReason: 'tag v1', origin: 'tag' }));
    expect(wayBackOf([...tags, running], running.id)).toEqual({ release: null, why: 'only the release that runs was ever watched, and the 2 others are known from git tags or pm2 deploy alone', restorable: true, passedOver: [] });
    expect(wayBackOf([...tags.slice(1), running], running.id).why).toBe('only the release that runs was ever watched, and the other one is known from git tags or pm2 deploy alone');
  });
});

describe('whether a commit may be deployed', () => {
  it('is no while it is in quarantine, with the newest reason', () => {
    const twice = [at('8', 80, { verdict: 'bad', quarantinedAt: 85, verdictReason: 'rolled back: old' }), at('8', 82, { verdict: 'bad', quarantinedAt: 95, verdictReason: 'rolled back: new' })];
    expect(mayDeploy(twice, null)).toEqual({ known: true, refused: 'was found bad (rolled back: new)', since: 95 });
  });

  it('is yes for what has nothing against it, seen or not; that its last deploy failed is told', () => {
    const failed = { at: 90, outcome: 'step “smoke check” The smoke check failed' };
    expect([mayDeploy([at('8', 80)], null), mayDeploy([], failed)]).toEqual([{ known: true, refused: null, failed: null }, { known: false, refused: null, failed }]);
  });
});
