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

it('brings packages up to date in place where only the lock file changed, and leaves what is there when that fails', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'hypercare-setup-'));
  const checkout = join(scratch, 'checkout');
  const installs = async () => {
    const code = `import { install } from ${JSON.stringify(join(checkout, 'scripts', 'setup.mjs'))}; await install(console.log).catch((error) => console.log(error.message));`;
    return (await run(process.execPath, ['--input-type=module', '-e', code], { env: { ...process.env, npm_config_fetch_retries: '0' } })).stdout;
  };
  const depend = (other: Readonly<Record<string, unknown>>) => {
    const dependencies = { one: 'file:../one', ...Object.fromEntries(Object.keys(other).map((name) => [name, '1.0.0'])) };
    const packages = { '': { name: 'c', version: '1.0.0', dependencies }, '../one': { version: '1.0.0' }, 'node_modules/one': { resolved: '../one', link: true }, ...Object.fromEntries(Object.entries(other).map(([name, locked]) => [`node_modules/${name}`, locked])) };
    writeFileSync(join(checkout, 'package.json'), JSON.stringify({ name: 'c', version: '1.0.0', dependencies }));
    writeFileSync(join(checkout, 'package-lock.json'), JSON.stringify({ name: 'c', version: '1.0.0', lockfileVersion: 3, requires: true, packages }));
  };
  try {
    mkdirSync(join(scratch, 'one'));
    writeFileSync(join(scratch, 'one', 'package.json'), JSON.stringify({ name: 'one', version: '1.0.0' }));
    mkdirSync(join(checkout, 'scripts'), { recursive: true });
    copyFileSync(join(packageRoot(), 'scripts', 'setup.mjs'), join(checkout, 'scripts', 'setup.mjs'));
    depend({});
    expect(await installs()).toContain('npm ci');
    expect(await installs()).toBe('');
    depend({ two: { version: '1.0.0', resolved: 'http://127.0.0.1:9/two-1.0.0.tgz', integrity: `sha512-${'A'.repeat(86)}==` } });
    expect(await installs()).toMatch(/up to date …[\s\S]*installing failed/);
    expect(existsSync(join(checkout, 'node_modules', 'one', 'package.json'))).toBe(true);
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
