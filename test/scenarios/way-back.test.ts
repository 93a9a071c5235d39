import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../doubles/pm2-home.js';
import { NO_MOUNT, smallDisk } from '../doubles/small-disk.js';
import { releasedWatches, type ReleasedWatch } from './brakes/released.js';

const STORY = { timeout: 180_000 } as const;
const MIB = 1_048_576;

const begin = releasedWatches();

/** A package that no registry gives: the one its lockfile names does not answer. */
const MANIFEST = { name: 'shop', version: '1.0.0', dependencies: { left: '1.0.0' } };
const LOCK = { name: 'shop', version: '1.0.0', lockfileVersion: 3, packages: { '': MANIFEST, 'node_modules/left': { version: '1.0.0', resolved: 'http://127.0.0.1:1/left.tgz', integrity: 'sha512-AAAA' } } };
const UNREACHABLE = { 'package.json': JSON.stringify(MANIFEST), 'package-lock.json': JSON.stringify(LOCK), '.npmrc': 'fetch-retries=0\ncache=.npm-cache\n' };

/** What was done, and what people see at its end, to be read as prose. */
async function transcript(shop: ReleasedWatch, name: string, place = '‹none›'): Promise<void> {
  const told = `# What was done\n${await shop.story()}\n# The card\n${shop.named(await shop.begun.card())}`;
  await expect(told.replaceAll(place, '‹disk›').replace(/PM2 says on\w*…/g, 'PM2 …')).toMatchFileSnapshot(`./way-back/${name}.transcript.txt`);
}

describe('the way back of a release that is bad', () => {
  it('is not guessed where no release is known to be stable: people are told which there are', STORY, async () => {
    const shop = await begin('unvouched', { vouched: false });
    await shop.deploy('v2');
    shop.breaks('v2');
    await shop.begun.incident('escalated');
    expect([await shop.runs(), await shop.rollbacks()]).toEqual(['v2', 0]);
    await transcript(shop, 'no-stable-release');
  });

  it('is built again where the directory of its target is gone', STORY, async () => {
    const shop = await begin('forgotten');
    await shop.deploy('v2');
    shop.forget('v1');
    shop.breaks('v2');
    await shop.begun.incident('resolved');
    expect([await shop.runs(), await shop.rollbacks()]).toEqual(['v1', 1]);
    await transcript(shop, 'directory-gone');
  });

  it('is taken from a release that hangs, whose workers hear no polite word', STORY, async () => {
    const shop = await begin('hung', { loop: 'release.rollback', cluster: 2 });
    await shop.deploy('v2');
    shop.breaks('hangs-v2');
    await shop.begun.incident('resolved');
    expect([await shop.runs(), await shop.rollbacks()]).toEqual(['v1', 1]);
    await transcript(shop, 'hung-version');
  });

  it('ends without a trace where its packages cannot be had: what runs goes on, and people are told what npm said', STORY, async () => {
    const shop = await begin('offline', { first: UNREACHABLE });
    await shop.deploy('v2', { 'package.json': '{}', 'package-lock.json': '{"lockfileVersion":3,"packages":{}}' });
    shop.forget('v1');
    shop.breaks('v2');
    await shop.begun.incident('escalated');
    expect([await shop.runs(), await shop.rollbacks()]).toEqual(['v2', 1]);
    await transcript(shop, 'registry-away');
  });

  it.skipIf(NO_MOUNT !== null)('ends without a trace where the disk fills while it is built, and is done once there is room', STORY, async () => {
    const disk = await smallDisk(256, 4_000);
    const base = join(realpathSync(disk.dir), 'srv');
    mkdirSync(base);
    let fills = true;
    try {
      const shop = await begin('cramped', {
        base, first: { 'large.bin': 'x'.repeat(8 * MIB) },
        outside: (real) => ({ ...real, git: { ...real.git, export: async (...job) => (fills ? disk.fill(MIB) : Promise.resolve()).then(() => real.git.export(...job)) } }),
      });
      await shop.deploy('v2', { 'large.bin': '' });
      shop.forget('v1');
      shop.breaks('v2');
      await shop.begun.incident('escalated');
      expect([await shop.runs(), await shop.rollbacks()]).toEqual(['v2', 1]);
      await transcript(shop, 'disk-full', realpathSync(disk.dir));
      fills = false;
      rmSync(join(disk.dir, 'filling'));
      await shop.begun.say('rollback', 'cramped', '--reason', 'there is room again');
      await until('the way back to be gone', async () => (await shop.runs()) === 'v1', 60_000);
    } finally {
      await disk.remove();
    }
  });
});
