/** A small npm app in a git repository, with one package from a tarball beside it: `npm ci` needs no registry. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Repo } from './git-repo.js';

/**
 * Puts package.json, lockfile and vendor/greet-<version>.tgz into the working tree, uncommitted, and returns the texts. With
 * `said` its install script writes its pid into that file, and waits until the file is gone.
 */
export function addPackage(repo: Repo, options: { readonly version: string; readonly said?: string }): Record<string, string> {
  const source = join(repo.dir, '..', `greet-${options.version}`);
  mkdirSync(join(source, 'package'), { recursive: true });
  const install = options.said === undefined ? {} : { scripts: { install: 'node wait.js' } };
  writeFileSync(join(source, 'package/package.json'), JSON.stringify({ name: 'greet', version: options.version, main: 'index.js', ...install }));
  writeFileSync(join(source, 'package/index.js'), `module.exports = 'greet ${options.version}';`);
  const said = JSON.stringify(options.said ?? '');
  writeFileSync(join(source, 'package/wait.js'), `const fs = require('fs'); fs.writeFileSync(${said}, String(process.pid)); setInterval(() => { if (!fs.existsSync(${said})) process.exit(); }, 20);`);
  mkdirSync(join(repo.dir, 'vendor'), { recursive: true });
  execFileSync('tar', ['-czf', join(repo.dir, `vendor/greet-${options.version}.tgz`), '-C', source, 'package']);
  const manifest = JSON.stringify({ name: 'shop', version: '1.0.0', dependencies: { greet: `file:vendor/greet-${options.version}.tgz` } });
  writeFileSync(join(repo.dir, 'package.json'), manifest);
  execFileSync('npm', ['install', '--package-lock-only', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: repo.dir, stdio: 'ignore' });
  rmSync(source, { recursive: true });
  return { 'package.json': manifest, 'package-lock.json': readFileSync(join(repo.dir, 'package-lock.json'), 'utf8') };
}
