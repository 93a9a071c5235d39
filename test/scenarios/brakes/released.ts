/** An app in releases under a real PM2, with a real git history, that a scenario deploys again and again. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Io } from '../../../src/io/io.js';
import { openLaunchOf } from '../../../src/store/launches.js';
import { ledgerOf } from '../../../src/store/releases.js';
import { actsOn } from '../../../src/store/acts.js';
import { gitSandbox } from '../../doubles/git-repo.js';
import { givenOnce } from '../../doubles/given.js';
import { startPm2Home, until, type Pm2Home } from '../../doubles/pm2-home.js';
import { lay, link } from '../../doubles/released-app.js';
import { steppedTime } from '../../doubles/stepped-time.js';
import { brisk } from '../brisk.js';
import { beginWatch, type Watch } from '../watch.js';

const REAL_MS = 90_000;
/** Its checkout breaks with its release, or, for every release alike, with what is outside of it, all of it with 'all-v2', and with 'hangs-v2' it answers nobody; where the world is dead it dies at every boot. */
const APP = `
const http = require('node:http');
const fs = require('node:fs');
const { name } = require('./version.js');
http.createServer((request, response) => {
  const bad = (request.url === '/checkout' && ['', '-' + name].some((which) => fs.existsSync(process.env.BROKEN + which))) || fs.existsSync(process.env.BROKEN + '-all-' + name);
  response.writeHead(bad ? 500 : 200).end(name);
}).listen(Number(process.env.PORT), '127.0.0.1');
setInterval(() => fs.existsSync(process.env.BROKEN + '-dead') && process.exit(1), 150);
setInterval(() => { while (fs.existsSync(process.env.BROKEN + '-hangs-' + name)); }, 150);
`;

export interface ReleasedWatch {
  readonly begun: Watch;
  /** Commits (with `files` beside), lays and starts it, as a deploy script does, and waits until it was found good. */
  deploy(name: string, files?: Readonly<Record<string, string>>): Promise<void>;
  /** The same, of a release that dies at its first line. PM2 is told to reload, and nothing is waited for. */
  deployDead(name: string): Promise<void>;
  /** The same release again, well at first. */
  redeploy(name: string): Promise<void>;
  /** Its directory is removed, as somebody does who makes room. */
  forget(name: string): void;
  /** That release, or what every release needs: to sell, or to live. */
  breaks(what: string | 'outside' | 'dead'): void;
  /** The release that answers. */
  runs(): Promise<string>;
  rollbacks(): Promise<number>;
  pass(ms: number): void;
  /** Commits by the names of their releases. */
  named(text: string): string;
  /** Its audit trail so far, with those names. */
  story(): Promise<string>;
  stop(): Promise<void>;
}

export interface Released {
  /** False: nobody vouches for v1. */
  readonly vouched?: boolean;
  /** Files of v1 beside its code. */
  readonly first?: Readonly<Record<string, string>>;
  /** Where its releases stand; default: beside its repository. */
  readonly base?: string;
  /** False: the config names no repository. */
  readonly repo?: boolean;
  /** Of a failing endpoint; default: the way back alone. */
  readonly runbook?: string;
  /** Of an app that dies again and again, as which it may also be seen to fail from outside; PM2 never gives it up then. */
  readonly loop?: string;
  readonly outside?: (real: Io) => Io;
  /** Workers in cluster mode; default: one in fork mode. */
  readonly cluster?: number;
}

/** Begins such a watch in each test of a file, on a PM2 of the file's own, and ends it with the test. */
export function releasedWatches(): (name: string, options?: Released) => Promise<ReleasedWatch> {
  const home = givenOnce(() => startPm2Home(), (one) => one.stop());
  let on: ReleasedWatch | null = null;
  afterEach(async () => {
    await on?.stop();
    on = null;
  });
  return async (name, options = {}) => {
    on = await beginReleased(home, name, options);
    return on;
  };
}

/** v1 runs and is vouched for. The machine may do everything. */
async function beginReleased(home: Pm2Home, name: string, options: Released = {}): Promise<ReleasedWatch> {
  const box = gitSandbox();
  const repo = box.repo('repo');
  const base = options.base ?? join(box.dir, 'srv');
  const broken = join(box.dir, 'broken');
  const commits = new Map<string, string>();
  const make = (version: string, files: Readonly<Record<string, string>>): string => {
    const commit = repo.commit({ 'app.cjs': APP, 'version.js': `module.exports = ${JSON.stringify({ name: version })};`, ...files }, version);
    commits.set(version, commit);
    return commit;
  };
  const put = async (commit: string): Promise<void> => {
    const laid = join(base, 'releases', commit.slice(0, 12));
    const dir = existsSync(laid) ? laid : await lay(base, repo, commit);
    writeFileSync(join(dir, 'REVISION'), `${commit}\n`);
    link(base, dir);
  };
  await put(make('v1', options.first ?? {}));
  const app = await home.startApp({ name, cwd: join(base, 'current'), code: APP, awaitAnswer: true, env: { BROKEN: broken }, ...(options.cluster === undefined ? {} : { cluster: options.cluster }), ...(options.loop === undefined ? {} : { pm2: { restart_delay: 400, max_restarts: 1_000 } }) });
  const ladder = options.loop ?? options.runbook ?? 'release.rollback';
  const time = steppedTime();
  const begun = await beginWatch(brisk(home, `apps:
  ${name}:
    url: ${app.url}
    endpoints: [{ path: /checkout, critical: true, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
    release: { mode: releases, dir: ${JSON.stringify(base)}${options.repo === false ? '' : `, repo: ${JSON.stringify(repo.dir)}`} }
    runbook: { endpoint-failing: [${ladder}]${options.loop === undefined ? '' : `, all-endpoints-failing: [${ladder}], crash-loop: [${ladder}], process-down: [${ladder}], hang: [${ladder}]`} }
policy:
  default: act-and-tell
`, { tiers: '{ until: 80m, every: 1s }, { until: 72h, every: 1h }' }), { time, ...(options.outside ? { outside: options.outside } : {}) });
  await begun.steady();
  if (options.vouched !== false) await begun.say('restore-point', name, '--reason', 'it ran well for a year');
  const { db } = begun.store;
  const isWatched = async (commit: string): Promise<boolean> => {
    const launch = await openLaunchOf(db, begun.app.id);
    return (await ledgerOf(db, begun.app.id)).some((release) => release.id === launch?.releaseId && release.commit === commit);
  };
  const named = (text: string): string => [...commits].reduce((soFar, [version, commit]) => soFar.replaceAll(commit, version).replaceAll(commit.slice(0, 12), version).replaceAll(commit.slice(0, 7), version), text);
  const golive = async (version: string): Promise<void> => {
    const commit = commits.get(version) ?? '';
    rmSync(`${broken}-${version}`, { force: true });
    await put(commit);
    await home.pm2('restart', name);
    await until(`a launch of ${version}`, () => isWatched(commit), REAL_MS);
    await begun.steady();
  };
  return {
    begun,
    async deploy(version, files = {}) {
      make(version, files);
      await golive(version);
    },
    async deployDead(version) {
      await put(make(version, { 'app.cjs': "throw new Error('no such setting');" }));
      await home.pm2('reload', name).catch(() => undefined);
    },
    redeploy: golive,
    forget: (version) => rmSync(join(base, 'releases', (commits.get(version) ?? '').slice(0, 12)), { recursive: true }),
    breaks: (what) => writeFileSync(what === 'outside' ? broken : `${broken}-${what}`, ''),
    runs: () => fetch(app.url).then((answer) => answer.text(), () => 'nothing'),
    rollbacks: async () => (await actsOn(db, begun.app.id, 0)).filter(({ by, kind }) => by === 'us' && kind === 'rollback').length,
    pass: (ms) => time.step(ms),
    named,
    // Every watch of a file has the same PM2, and finds the trail of the one before: that is another story.
    story: async () => named(await begun.story()).replace(/hypercare: found another audit trail.*\n.*\n/, ''),
    async stop() {
      await begun.stop();
      await home.pm2('delete', name);
      box.remove();
    },
  };
}
