import { describe, expect, it } from 'vitest';
import { currentLink, ownerOf, releaseDir, releaseOf, temporaryDir, throughCurrent } from '../../../monitoring/release/layout.js';

const commit = '0123456789abcdef0123456789abcdef01234567';
const owner = { pid: 4711, unique: 'ab12cd34ef56' };

describe('the layout of releases', () => {
  it('names a release by twelve digits of its commit', () => {
    expect(releaseDir('/srv/shop', commit)).toBe('/srv/shop/releases/0123456789ab');
    expect(currentLink('/srv/shop')).toBe('/srv/shop/current');
  });

  it('knows whose a half-done directory is, and takes no release for one', () => {
    expect(ownerOf(temporaryDir('/', commit, owner).split('/').at(-1) ?? '')).toBe(4711);
    expect(ownerOf('.tmp-0123456789ab-4711-ab12cd34ef56.part-00ff')).toBe(4711);
    for (const name of ['0123456789ab', '.tmp-0123456789ab', '.git', '.tmp-x-12-zz', 'tmp-a-1-ab']) expect(ownerOf(name)).toBeNull();
  });

  it('finds the release a path lies in, and none outside or half built', () => {
    expect(releaseOf('/srv/shop', '/srv/shop/releases/abc/apps/web')).toBe('/srv/shop/releases/abc');
    for (const path of ['/srv/shop', '/srv/shop/releases', '/srv/shop/current/x', '/srv/shop/releases/.tmp-abc-1-ff/x', '/srv/shopping/releases/abc']) {
      expect(releaseOf('/srv/shop', path)).toBeNull();
    }
  });

  it('tells what lies behind the link, and that a resolved path does not go through it', () => {
    expect(throughCurrent('/srv/shop', '/srv/shop/current')).toBe('');
    expect(throughCurrent('/srv/shop', '/srv/shop/current/apps/web/server.js')).toBe('apps/web/server.js');
    for (const path of ['/srv/shop', '/srv/shop/releases/abc', '/srv/shop/current-old', '/srv/shop/..current']) expect(throughCurrent('/srv/shop', path)).toBeNull();
  });
});
