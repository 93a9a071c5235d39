import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnv } from '../../src/io/child-env.js';
import { packageRoot } from '../../src/io/package-root.js';
import { freePort } from '../free-port.js';
import { pm2 as pm2Cli } from '../pm2-cli.js';
import { run } from '../run.js';

export type Mode = 'cluster' | 'fork';

/** An app as PM2 runs it in front of customers. */
export interface BenchApp {
  readonly name: string;
  readonly url: string;
  /** Its process file. */
  readonly file: string;
}

/** The repository that all of them are deployed from. */
export interface Origin {
  readonly repo: string;
  /** The full commit of a new release on main. */
  release(checkout: 'good' | 'bad'): Promise<string>;
}

const GIT_WITHIN_MS = 60_000;
const GIT_ENV = {
  GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C',
  GIT_AUTHOR_NAME: 'Bench', GIT_AUTHOR_EMAIL: 'bench@example.invalid', GIT_COMMITTER_NAME: 'Bench', GIT_COMMITTER_EMAIL: 'bench@example.invalid',
} as const;

/**
 * Listens 0.3 s after its start, answers after 25 ms, and on SIGINT finishes what it has and closes its connections. Of a
 * bad release the checkout fails and every other page is well, so that what the way back breaks by itself can be told
 * from what the release breaks.
 */
const SERVER = `
const { checkout } = require('./release.json');
let draining = false;
const server = require('node:http').createServer((request, response) => setTimeout(() => {
  if (draining) response.setHeader('connection', 'close');
  response.writeHead(request.url === '/checkout' && checkout === 'bad' ? 500 : 200).end(String(process.pid));
}, 25));
setTimeout(() => server.listen(Number(process.env.PORT), '127.0.0.1'), 300);
process.on('SIGINT', () => { draining = true; setTimeout(() => server.close(() => process.exit(0)), 200); setTimeout(() => process.exit(0), 800); });
`;

export function git(args: readonly string[]): Promise<string> {
  return run('git', args, { env: GIT_ENV, timeoutMs: GIT_WITHIN_MS });
}

export async function makeOrigin(dir: string): Promise<Origin> {
  const [repo, work] = [join(dir, 'origin.git'), join(dir, 'work')];
  await git(['init', '--quiet', '--bare', '--initial-branch=main', repo]);
  await git(['init', '--quiet', '--initial-branch=main', work]);
  await writeFile(join(work, 'server.cjs'), SERVER);
  let n = 0;
  return {
    repo,
    async release(checkout) {
      n += 1;
      await writeFile(join(work, 'release.json'), `${JSON.stringify({ n, checkout })}\n`);
      await git(['-C', work, 'add', '.']);
      await git(['-C', work, 'commit', '--quiet', '-m', `release ${n}`]);
      await git(['-C', work, 'push', '--quiet', repo, 'main']);
      return (await git(['-C', work, 'rev-parse', 'HEAD'])).trim();
    },
  };
}

/** Writes the process file of an app that runs from `cwd`; more of the file behind it. */
export async function declareApp(dir: string, app: { readonly name: string; readonly mode: Mode; readonly cwd: string }, more: Readonly<Record<string, unknown>> = {}): Promise<BenchApp> {
  const { name, mode, cwd } = app;
  const port = await freePort();
  const file = join(dir, 'ecosystem.json');
  const declared = { name, script: join(cwd, 'server.cjs'), cwd, exec_mode: mode, instances: mode === 'cluster' ? 2 : 1, kill_timeout: 3_000, env: { PORT: String(port) } };
  await mkdir(dir, { recursive: true });
  await writeFile(file, JSON.stringify({ apps: [declared], ...more }));
  return { name, url: `http://127.0.0.1:${port}`, file };
}

/** The environment in which somebody types `pm2`, and the scripts that it runs. */
export function terminal(home: string): Readonly<Record<string, string>> {
  return { ...GIT_ENV, PM2_HOME: home, PM2_DISCRETE_MODE: 'true', PM2_DISABLE_VERSION_CHECK: 'true', PATH: `${join(packageRoot(), 'node_modules', '.bin')}:${childEnv()['PATH']}` };
}

export function startApp(home: string, { file }: BenchApp): Promise<string> {
  return pm2Cli(home, ['start', file]);
}
