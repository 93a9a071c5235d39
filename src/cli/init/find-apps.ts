import { join } from 'node:path';
import type { Git } from '../../io/git.js';
import type { Http } from '../../io/http.js';
import { listeningPorts } from '../../io/listening-ports.js';
import type { Pm2, Pm2Process } from '../../io/pm2.js';
import { isRunning } from '../../io/pm2-process.js';
import { environmentOf } from '../../io/processes.js';
import { releasesBase } from '../releases-base.js';
import { findServers, type FoundServer } from './find-servers.js';
import { isOwnProcess } from '../../domain/own-processes.js';

/** An app that PM2 runs, and what can be seen of it from outside. */
export interface FoundApp {
  /** PM2's name of it. */
  readonly name: string;
  readonly workers: number;
  /** Where it answers; null where none of its ports speaks HTTP. */
  readonly url: string | null;
  /** Paths of it that answered well, the one made for watching first. */
  readonly paths: readonly string[];
  readonly release: FoundRelease | null;
  readonly servers: readonly FoundServer[];
}

export type FoundRelease = { readonly mode: 'in-place'; readonly dir: string } | { readonly mode: 'releases'; readonly dir: string; readonly repo: string | null };

export interface Finders {
  readonly pm2: Pm2;
  readonly git: Git;
  readonly http: Http;
}

/** Asked in this order; those that answer 2xx are kept. The first three exist to be watched. */
const HEALTH_PATHS = ['/health', '/healthz', '/api/health'];
const ASK_MS = 2_000;
/** Ports of one app that are asked. */
const MOST_PORTS = 5;

/** Every app PM2 runs, by name. Each is asked with a GET for a few paths; nothing is changed. */
export async function findApps(io: Finders): Promise<readonly FoundApp[]> {
  const all = (await io.pm2.list()).filter(({ name }) => !isOwnProcess(name));
  const ports = await listeningPorts(all.filter(isRunning).map(({ pid }) => pid));
  const names = [...new Set(all.map(({ name }) => name))].sort();
  return Promise.all(names.map((name) => findApp(io, name, all.filter((one) => one.name === name), ports)));
}

async function findApp(io: Finders, name: string, workers: readonly Pm2Process[], ports: ReadonlyMap<number, readonly number[]>): Promise<FoundApp> {
  const running = workers.filter(isRunning);
  const first = running[0] ?? workers[0];
  const env = first && isRunning(first) ? await environmentOf(first.pid) : null;
  const said = Number(env?.['PORT']);
  // A cluster's socket belongs to PM2 itself: then only the app's own setting tells the port.
  const heard = [...new Set([...running.flatMap(({ pid }) => ports.get(pid) ?? []), ...(Number.isInteger(said) && said > 0 && said < 65_536 ? [said] : [])])];
  return {
    name, workers: workers.length, ...(await firstAnswering(io.http, heard.slice(0, MOST_PORTS))),
    release: first ? await findRelease(io.git, first.cwd) : null,
    servers: first ? await findServers(first.cwd, env ?? {}) : [],
  };
}

async function firstAnswering(http: Http, ports: readonly number[]): Promise<Pick<FoundApp, 'url' | 'paths'>> {
  for (const port of ports) {
    const url = `http://127.0.0.1:${port}`;
    const answers = await Promise.all([...HEALTH_PATHS, '/'].map(async (path) => ({ path, status: await statusOf(http, url + path) })));
    if (answers.every(({ status }) => status === null)) continue;
    const good = answers.filter(({ status }) => status !== null && status >= 200 && status < 300).map(({ path }) => path);
    const [health] = good.filter((path) => path !== '/');
    return { url, paths: [health, good.includes('/') ? '/' : undefined].filter((path) => path !== undefined) };
  }
  return { url: null, paths: [] };
}

/** Null where nothing there speaks HTTP. */
async function statusOf(http: Http, url: string): Promise<number | null> {
  const answer = await http.request({ url, timeoutMs: ASK_MS });
  return 'status' in answer ? answer.status : null;
}

/** `<base>/current` that is a link beside `releases/`, or a git tree; null where it is neither. */
async function findRelease(git: Git, cwd: string): Promise<FoundRelease | null> {
  const base = await releasesBase(cwd);
  if (base !== null) {
    const repo = join(base, 'repo.git');
    return { mode: 'releases', dir: base, repo: await git.resolve(repo, 'HEAD').then(() => repo, () => null) };
  }
  const head = await git.head(cwd).catch(() => null);
  return head === null ? null : { mode: 'in-place', dir: cwd };
}
