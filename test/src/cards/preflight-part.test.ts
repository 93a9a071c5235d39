import { describe, expect, it } from 'vitest';
import { drawPreflight, preflightInShort } from '../../../src/cards/preflight-part.js';
import type { PreflightItem } from '../../../src/domain/preflight.js';

const items: readonly PreflightItem[] = [
  { about: 'target', light: 'green', says: 'from 4f2a91c back to 9d1e003, stable since Monday' },
  { about: 'migrations', light: 'red', says: '1 migration applied since is destructive: 002_gone.js (Knex: dropColumn)', instead: 'mend it forward' },
  { about: 'files', light: 'green', says: '3 files differ' },
  { about: 'disk', light: 'amber', says: '1.0 GiB are free in /srv/apps/shop/releases' },
];

describe('the pre-flight on a card', () => {
  it('says its light first, then where to, then the gravest, and what to do instead', () => {
    expect(drawPreflight(items)).toMatchInlineSnapshot(`
      "Pre-flight: RED, it is not done without a person.
      green target: from 4f2a91c back to 9d1e003, stable since Monday.
      RED migrations: 1 migration applied since is destructive: 002_gone.js (Knex: dropColumn).
      Instead: mend it forward.
      AMBER disk: 1.0 GiB are free in /srv/apps/shop/releases.
      green files: 3 files differ."
    `);
  });

  it('in short leaves out what nobody has to mind', () => {
    expect(preflightInShort(items)).toMatchInlineSnapshot(`
      "Pre-flight: RED, it is not done without a person.
      green target: from 4f2a91c back to 9d1e003, stable since Monday.
      RED migrations: 1 migration applied since is destructive: 002_gone.js (Knex: dropColumn).
      Instead: mend it forward.
      AMBER disk: 1.0 GiB are free in …/shop/releases."
    `);
  });

  it('of nothing but green says so', () => {
    expect(preflightInShort(items.filter(({ light }) => light === 'green'))).toBe('Pre-flight: green, nothing speaks against it.\ngreen target: from 4f2a91c back to 9d1e003, stable since Monday.');
  });
});
