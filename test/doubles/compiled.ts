/** Our own modules as JavaScript on disk, for children that a test kills. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Compiled {
  readonly dir: string;
  /** Starts a node program whose text may import './monitoring/…js' and './src/…js'; stdout is a pipe. */
  start(program: string, nodeOptions?: readonly string[]): ChildProcess;
  remove(): void;
}

/** `files` are paths from the root; what they import is compiled too. */
export async function compile(...files: readonly string[]): Promise<Compiled> {
  const dir = mkdtempSync(join(tmpdir(), 'hc-compiled-'));
  const options = ['--outDir', dir, '--rootDir', ROOT, '--module', 'nodenext', '--target', 'es2022', '--types', 'node', '--skipLibCheck', '--strict', '--noCheck', '--ignoreConfig'];
  await promisify(execFile)(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), ...options, ...files.map((file) => join(ROOT, file))], { cwd: ROOT });
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  mkdirSync(join(dir, 'monitoring/runbooks'), { recursive: true });
  copyFileSync(join(ROOT, 'monitoring/runbooks/default.yaml'), join(dir, 'monitoring/runbooks/default.yaml'));
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  let programs = 0;
  return {
    dir,
    start(program, nodeOptions = []) {
      const file = join(dir, `program-${(programs += 1)}.js`);
      writeFileSync(file, program);
      return spawn(process.execPath, [...nodeOptions, file], { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] });
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
