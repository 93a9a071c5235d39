import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/io/package-root.js';
import { compile, type Compiled } from '../doubles/compiled.js';

/** What each fault comes to where every question is answered with yes. */
const STORIES = [
  ['crash', 'repaired'], ['late-crash-loop', 'rolled_back'], ['hang', 'repaired'], ['errors', 'repaired'],
  ['slow', 'repaired'], ['leak', 'repaired'], ['bad-release', 'rolled_back'],
] as const;
/** What the program reads beside its modules. */
const READS = 'scripts/shop/releases';

let compiled: Compiled;
let home: string;

beforeAll(async () => {
  compiled = await compile('src/cli/main.ts', 'scripts/demo.ts');
  symlinkSync(join(packageRoot(), READS), join(compiled.dir, READS));
  home = mkdtempSync(join(tmpdir(), 'hypercare-demo-home-'));
});

afterAll(() => {
  compiled.remove();
  rmSync(home, { recursive: true, force: true });
});

describe('hypercare demo, answered by --yes', () => {
  it.each(STORIES)('%s is %s, and the shop answers well again', async (fault, outcome) => {
    const child = compiled.start(`process.env['HOME'] = ${JSON.stringify(home)};\nprocess.argv.push('demo', '${fault}', '--yes', '--json');\nawait import('./src/cli/main.js');\n`);
    const [said, [code]] = await Promise.all([child.stdout ? text(child.stdout) : '', once(child, 'exit')]);
    const events = said.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.at(-1)).toMatchObject({ version: 1, event: 'result', fault, outcome, well: true, detectMs: expect.any(Number), healMs: expect.any(Number) });
    expect(events.map(({ event }) => event)).toEqual(expect.arrayContaining(['setting', 'ready', 'break', 'incident.opened', 'remediation.ended']));
    expect(code).toBe(0);
  }, 240_000);
});

it('is stopped by Ctrl-C, with one line that nothing is left', async () => {
  const child = compiled.start(`process.env['HOME'] = ${JSON.stringify(home)};\nprocess.argv.push('demo', 'hang', '--json');\nawait import('./src/cli/main.js');\n`);
  let said = '';
  let pressed = false;
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (!pressed && said.includes('"event":"ready"')) pressed = child.kill('SIGINT'); // Once: a second one ends it at once.
  });
  await once(child, 'exit');
  const events = said.trim().split('\n').map((line) => (JSON.parse(line) as { readonly event?: string }).event);
  expect([events.at(-1), events.filter((event) => event === 'stopped')]).toEqual(['stopped', ['stopped']]);
}, 60_000);
