import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { packageRoot } from '../../scripts/package-root.js';

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

/** The module is plain JavaScript that runs before anything is installed; so it is asked from outside. */
async function check(version: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const code = `import { checkTools } from ${JSON.stringify(join(packageRoot(), 'scripts', 'setup.mjs'))};
    try { checkTools(${version}); console.log('fine'); } catch (error) { console.log(error.message); }`;
  return (await run(process.execPath, ['--input-type=module', '-e', code], { env })).stdout;
}
