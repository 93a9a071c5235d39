import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packageAt, wordsInCode } from '../../../src/io/app-code.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hc-code-'));
  await mkdir(join(dir, 'lib', 'node_modules', 'x'), { recursive: true });
});

afterEach(() => rm(dir, { recursive: true, force: true }));

it('finds the nearest package.json, at a directory or above it', async () => {
  await writeFile(join(dir, 'package.json'), JSON.stringify({ dependencies: { express: '5' }, optionalDependencies: { ioredis: '6' }, devDependencies: { vitest: '4' } }));
  expect(await packageAt(join(dir, 'lib'))).toEqual({ root: dir, packages: ['express', 'ioredis'] });
});

it.each(['{ no json', '[]', '{"dependencies": "many"}', '{"type": "module"}'])('looks on past %s, which names neither itself nor a package', async (text) => {
  await writeFile(join(dir, 'lib', 'package.json'), text);
  await writeFile(join(dir, 'package.json'), '{"dependencies":{"a":"1"}}');
  expect((await packageAt(join(dir, 'lib')))?.packages).toEqual(['a']);
});

it('looks for words in the app’s own code, and not in its packages', async () => {
  await writeFile(join(dir, 'lib', 'limits.ts'), 'new RateLimiterRedis({ inMemoryBlockOnConsumed: 9 })');
  await writeFile(join(dir, 'lib', 'node_modules', 'x', 'index.js'), 'class RateLimiterMemory {}');
  await writeFile(join(dir, 'README.md'), 'RateLimiterMemory');
  expect(await wordsInCode(dir, ['inMemoryBlockOnConsumed', 'RateLimiterMemory'])).toEqual({ found: ['inMemoryBlockOnConsumed'], whole: true });
});

it('says where it did not look at all of it', async () => {
  await writeFile(join(dir, 'bundle.js'), 'x'.repeat(600_000));
  expect(await wordsInCode(dir, ['inMemoryBlockOnConsumed'])).toEqual({ found: [], whole: false });
});
