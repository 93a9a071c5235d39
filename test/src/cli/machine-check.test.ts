import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPm2Home, type Pm2Home } from '../../doubles/pm2-home.js';
import { cli, writeConfig } from './run.js';

interface Checked {
  readonly ok: boolean;
  readonly mistakes: readonly { readonly line: number; readonly column: number; readonly message: string }[];
  readonly warnings: readonly { readonly line: number; readonly column: number; readonly path: readonly unknown[]; readonly message: string }[];
}

let pm2: Pm2Home;
let dir: string;

beforeAll(async () => {
  pm2 = await startPm2Home();
  for (const name of ['shop', 'web']) await pm2.startApp({ name, code: 'setInterval(() => undefined, 1000);', awaitAnswer: false });
});
afterAll(() => pm2.stop());
beforeEach(() => (dir = realpathSync(mkdtempSync(join(tmpdir(), 'hc-machine-')))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const stage = () => ({ dir, now: 0, meanwhile: async () => undefined });

async function check(yaml: string): Promise<Checked & { readonly exit: number }> {
  await writeConfig({ dir }, yaml);
  const ran = await cli(stage(), ['config', 'check', '--json']);
  return { exit: ran.exit, ...(JSON.parse(ran.stdout) as Checked) };
}

const lines = ({ warnings }: Checked) => warnings.map(({ line, column, message }) => `${line}:${column} ${message}`);
const home = () => `pm2_home: ${pm2.home}\n`;

describe('what PM2 runs', () => {
  it('is right, and nothing is warned of', async () => {
    expect(await check(`${home()}apps:\n  shop:\n  front: { pm2: web }\n`)).toMatchObject({ exit: 0, ok: true, mistakes: [], warnings: [] });
  });

  it('has no process of that name: at its line, with the nearest', async () => {
    expect(lines(await check(`${home()}apps:\n  shpo:\n  front: { pm2: [web, wbe] }\n`))).toEqual([
      '3:3 PM2 runs nothing named "shpo"; did you mean "shop"? (it runs: shop, web): start it with pm2, or write its name there under `pm2`',
      '4:23 PM2 runs nothing named "wbe"; did you mean "web"? (it runs: shop, web): start it with pm2, or write its name there under `pm2`',
    ]);
  });

  it('cannot be known where no daemon runs, and none is started', async () => {
    const none = join(dir, 'no-pm2');
    mkdirSync(none);
    const found = await check(`pm2_home: ${none}\napps: { shop: }\n`);
    expect([found.exit, lines(found)]).toEqual([0, [`1:11 no PM2 runs for ${none}: start your apps with pm2, or name the home of the PM2 that runs them`]]);
    expect(readdirSync(none)).toEqual([]);
  });

  it('cannot be known where the daemon does not answer, and the check ends all the same', async () => {
    await pm2.freeze();
    try {
      expect(lines(await check(`${home()}apps: { shop: }\n`))).toEqual([expect.stringMatching(/^1:11 PM2 of .* did not answer .* Look at the daemon with "pm2 ping"/)]);
    } finally {
      await pm2.thaw();
    }
  });

  it('is not asked where no app is watched', async () => {
    expect(lines(await check(`pm2_home: ${dir}/none\n`))).toEqual([expect.stringContaining('no app is watched')]);
  });
});

describe('where releases stand', () => {
  const release = (text: string) => check(`${home()}apps:\n  shop:\n    release: { ${text} }\n`).then(lines);

  it('is a directory that is not there', async () => {
    expect(await release(`mode: in-place, dir: ${dir}/none`)).toEqual([`4:37 there is no such directory: make it, or name the one the app is deployed to`]);
    expect(await release(`mode: releases, dir: ${dir}/none, repo: ${dir}/no.git`)).toEqual([
      '4:37 there is no such directory: make it, or name the one the app is deployed to',
      expect.stringContaining('there is no such directory: make it with git clone --bare'),
    ]);
  });

  it('is no git tree, though it lies in one', async () => {
    mkdirSync(join(dir, 'app'));
    expect(await release(`mode: in-place, dir: ${dir}/app`)).toEqual(['4:37 is no git tree with a commit: name the tree PM2 runs the app from']);
    execFileSync('git', ['init', '-q', dir]);
    expect(await release(`mode: in-place, dir: ${dir}/app`)).toHaveLength(1);
    execFileSync('git', ['-C', dir, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'one']);
    expect(await release(`mode: in-place, dir: ${dir}`)).toEqual([]);
    expect(await release(`mode: releases, dir: ${dir}, repo: ${dir}/app`)).toEqual([
      '4:37 holds no directory `releases` yet: deploy once, as README shows, or use mode in-place', expect.stringContaining('is no git repository: make it with git clone --bare'),
    ]);
  });

  it.skipIf(process.getuid?.() !== 0)('belongs to another user, and is called no other thing', async () => {
    execFileSync('git', ['init', '-q', dir]);
    execFileSync('git', ['-C', dir, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'one']);
    chownSync(dir, 65_534, 65_534);
    chownSync(join(dir, '.git'), 65_534, 65_534);
    const said = expect.stringMatching(/^\d:\d+ the repository belongs to another user in .*safe\.directory/) as unknown;
    expect(await release(`mode: in-place, dir: ${dir}`)).toEqual([said]);
    expect((await release(`mode: releases, dir: ${dir}, repo: ${dir}`)).at(-1)).toEqual(said);
  });

  it('holds no live release yet, or a link that leads nowhere', async () => {
    mkdirSync(join(dir, 'releases'));
    expect(await release(`mode: releases, dir: ${dir}`)).toEqual(['4:37 holds no link `current` yet: let the deploy point it to the live release']);
    symlinkSync('releases/gone', join(dir, 'current'));
    expect(await release(`mode: releases, dir: ${dir}`)).toEqual(['4:37 its link `current` leads nowhere: let the deploy point it to the live release']);
    mkdirSync(join(dir, 'releases/gone'));
    expect(await release(`mode: releases, dir: ${dir}`)).toEqual([]);
  });
});

it('a kind of incident that there is none of is a mistake, with the nearest', async () => {
  const { exit, mistakes } = await check(`${home()}apps:\n  shop:\n    runbook:\n      hagn: [pm2.kill]\n`);
  expect([exit, mistakes]).toMatchObject([2, [{ line: 5, column: 7, message: expect.stringContaining('names no kind of incident; did you mean "hang"? (known: endpoint-failing,') }]]);
});

it('for people, warnings come line by line after the verdict', async () => {
  await writeConfig({ dir }, `${home()}apps: { shpo: }\n`);
  expect((await cli(stage(), ['config', 'check'])).stdout).toMatch(/the configuration is right, 1 warning[\s\S]*warning: [\s\S]*hypercare\.yaml:2:9:/);
});
