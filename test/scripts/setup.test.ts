import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/io/package-root.js';

const run = promisify(execFile);

it.each([
  ['16.0.0', 'needs Node.js 20.19'],
  ['20.18.3', 'this is 20.18.3'],
  ['20.19.0', 'fine'],
  ['24.0.0', 'fine'],
])('Node %s: %s', async (version, said) => {
  expect(await check(JSON.stringify(version))).toContain(said);
});

it('a machine without git is told so', async () => {
  expect(await check('undefined', { PATH: '/nowhere' })).toContain('needs git');
});

it('installs nothing through a link to the node_modules of another checkout, which npm would empty', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'hypercare-setup-'));
  try {
    mkdirSync(join(scratch, 'elsewhere'));
    writeFileSync(join(scratch, 'elsewhere', 'kept'), '');
    mkdirSync(join(scratch, 'checkout', 'scripts'), { recursive: true });
    symlinkSync(join(scratch, 'elsewhere'), join(scratch, 'checkout', 'node_modules'));
    writeFileSync(join(scratch, 'checkout', 'package.json'), '{}');
    writeFileSync(join(scratch, 'checkout', 'package-lock.json'), '{}');
    const module = join(scratch, 'checkout', 'scripts', 'setup.mjs');
    copyFileSync(join(packageRoot(), 'scripts', 'setup.mjs'), module);
    const code = `import { install } from ${JSON.stringify(module)}; await install(console.log).catch((error) => console.log(error.message));`;
    expect((await run(process.execPath, ['--input-type=module', '-e', code])).stdout).toMatch(/^[^\n]*node_modules is a link/);
    expect(existsSync(join(scratch, 'elsewhere', 'kept'))).toBe(true);
  } finally {
    rmSync(scratch, { recursive: true });
  }
});

/** The module is plain JavaScript that runs before anything is installed; so it is asked from outside. */
async function check(version: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const code = `import { checkTools } from ${JSON.stringify(join(packageRoot(), 'scripts', 'setup.mjs'))};
    try { checkTools(${version}); console.log('fine'); } catch (error) { console.log(error.message); }`;
  return (await run(process.execPath, ['--input-type=module', '-e', code], { env })).stdout;
}
