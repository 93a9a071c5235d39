import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { audit } from '../../../src/store/audits.js';
import { BEGAN } from '../cards/views.js';
import { stageOfEachTest } from '../commands/spoken.js';
import { launched, watchShop } from '../commands/stage.js';
import { cli, writeConfig } from './run.js';

const stage = stageOfEachTest((opened) => writeConfig(opened));

describe('data and talk', () => {
  it('stdout holds the card for people', async () => {
    await launched(stage);
    await watchShop(stage);
    expect(await cli(stage, ['status', 'shop'])).toEqual({ exit: 0, stderr: '', stdout: expect.stringMatching(/^✓ GOOD {2}shop: good \(1 check good\)\n/) as unknown });
  });

  it('stdout holds one JSON document with its version, wherever --json stands', async () => {
    for (const argv of [['--json', 'status'], ['status', '--json'], ['status', 'shop', '--json']]) {
      const ran = await cli(stage, argv);
      expect(ran.stderr).toBe('');
      expect(JSON.parse(ran.stdout)).toMatchObject({ version: 1, apps: expect.any(Array) as unknown });
    }
  });

  it('stdout holds one JSON document a line where there may be too many to hold at once', async () => {
    await stage.store.write(async (tx) => {
      for (let n = 1; n <= 3; n += 1) await audit(tx, stage.hostId, { who: 'Ann', what: `did ${n}`, why: 'rule', body: { n } }, BEGAN);
    });
    const ran = await cli(stage, ['audit', 'export', '--json']);
    expect(ran).toMatchObject({ exit: 0, stderr: '' });
    expect(ran.stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)).toMatchObject([1, 2, 3].map((seq) => ({ version: 1, seq, what: `did ${seq}`, body: { n: seq } })));
    expect((await cli(stage, ['audit', 'export'])).stdout).toContain('hypercare audit export --json > audit.jsonl');
  });

  it('errors say what, why and what to do on stderr', async () => {
    const ran = await cli(stage, ['status', 'shpo']);
    expect(ran).toMatchObject({ exit: 2, stdout: '' });
    expect(ran.stderr).toMatchInlineSnapshot(`
      "! ERROR  there is no app “shpo” here
        Did you mean “shop”? Watched are: blog, shop.
      "
    `);
  });

  it('errors are a document too', async () => {
    const ran = await cli(stage, ['status', 'shpo', '--json']);
    expect(ran).toMatchObject({ exit: 2, stderr: '' });
    expect(JSON.parse(ran.stdout)).toEqual({ version: 1, error: { code: 'app.unknown', message: 'there is no app “shpo” here', mend: 'Did you mean “shop”? Watched are: blog, shop.' } });
  });

  it.each([
    ['a terminal', { isTTY: true }, true],
    ['a pipe', { isTTY: false }, false],
    ['a terminal under NO_COLOR', { isTTY: true, env: { NO_COLOR: '1' } }, false],
    ['a dumb terminal', { isTTY: true, env: { TERM: 'dumb' } }, false],
  ] as const)('colours for %s: %o is %s', async (_name, as, colored) => {
    expect((await cli(stage, ['whoami'], as)).stdout.includes('\u001b[')).toBe(colored);
  });

  it('keeps to the width of the terminal', async () => {
    const ran = await cli(stage, ['help'], { isTTY: true, columns: 40, env: { NO_COLOR: '1' } });
    for (const line of ran.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
  });

  it('is as narrow as COLUMNS says where there is no terminal, and as usual where that is no width', async () => {
    const widest = async (COLUMNS: string): Promise<number> => Math.max(...(await cli(stage, ['help'], { env: { COLUMNS } })).stdout.split('\n').map((line) => line.length));
    expect(await widest('40')).toBeLessThanOrEqual(40);
    expect(await widest('wide')).toBeGreaterThan(40);
    expect(await widest('0')).toBeGreaterThan(40);
  });
});

describe('bad input', () => {
  it.each([
    [['stauts'], 'command.unknown'],
    [['dmeo'], 'command.unknown'],
    [[''], 'command.unknown'],
    [['help', 'nothing'], 'command.unknown'],
    [['x'.repeat(10_000)], 'command.unknown'],
    [['status', 'a', 'b'], 'usage'],
    [['status', '--nonsense'], 'usage'],
    [['rollback', 'shop'], 'usage'],
    [['audit', '--limit', '-5'], 'usage'],
    [['--config'], 'usage'],
    [['status', '--config', '--json'], 'usage'],
    [['config'], 'usage'],
    [['config', 'chekc'], 'usage'],
    [['config', 'check', 'a', 'b'], 'usage'],
    [['config', 'check', '--deep'], 'usage'],
  ])('%j is told before anything is opened, with exit 2', async (argv, code) => {
    const ran = await cli({ ...stage, dir: join(stage.dir, 'nowhere') }, argv.includes('--json') ? argv : [...argv, ...(argv.at(-1) === '--config' ? [] : ['--json'])]);
    expect(ran.exit).toBe(2);
    if (ran.stdout !== '') expect(JSON.parse(ran.stdout)).toMatchObject({ error: { code, mend: expect.any(String) as unknown } });
  });

  it.each([
    [['stauts'], '! ERROR  there is no command “stauts”\n  Did you mean “status”? Usage: status [app]. “hypercare help” lists all.\n'],
    [['config'], '! ERROR  “config” alone does nothing: it can be checked\n  Write “hypercare config check” for the configuration in use, or “hypercare\n  config check <file>”. Every mistake is told with its line.\n'],
    [['config', 'chekc'], '! ERROR  there is no “config chekc”\n  Write “hypercare config check” for'],
    [['status', '--config', 'nowhere.yaml'], '/nowhere.yaml\n  Correct the path after --config.\n'],
  ])('%j is told what would be right', async (argv, text) => {
    const ran = await cli(stage, argv);
    expect(ran).toMatchObject({ exit: 2, stdout: '' });
    expect(ran.stderr).toContain(text);
  });

  it('takes what stands after -- as words', async () => {
    expect((await cli(stage, ['status', '--', '--json'])).stderr).toContain('there is no app “--json” here');
  });
});

describe('who speaks', () => {
  it('is the operating-system user', async () => {
    expect((await cli(stage, ['whoami'], { user: 'otto' })).stdout).toContain('you are Otto, operator');
  });

  it('is an approver where nobody is named for the terminal, and whoami says why', async () => {
    const said = async (): Promise<string> => (await cli(stage, ['whoami'])).stdout.replace(/\s+/g, ' ');
    expect(await said()).toContain('Nobody is named for the terminal under “people” in hypercare.yaml, so the user that hypercare runs as is an approver here.');
    await writeConfig(stage, `host: vm-1\ndata_dir: ${stage.dir}\npeople: [{ name: Ann, role: approver, terminal: ann }]\n`);
    expect(await said()).not.toContain('Nobody is named');
  });

  it('may look, and no more, where nobody knows him', async () => {
    expect((await cli(stage, ['incidents'], { user: 'root' })).exit).toBe(0);
    const ran = await cli(stage, ['approve', 'shop', '--json'], { user: 'root' });
    expect([ran.exit, JSON.parse(ran.stdout)]).toMatchObject([2, { error: { code: 'denied.stranger', mend: expect.stringContaining('under “people” in hypercare.yaml') as unknown } }]);
  });
});
