import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seatFile } from '../../src/store/seat.js';
import { compile, type Compiled } from '../doubles/compiled.js';
import { startPm2Home, until, type Pm2Home } from '../doubles/pm2-home.js';
import { BRISK } from './watch.js';

/** /break makes every address fail until it is restarted. */
const FRAGILE = `
const http = require('node:http');
let broken = false;
http.createServer((request, response) => {
  if (request.url === '/break') broken = true;
  response.writeHead(broken ? 500 : 200).end();
}).listen(Number(process.env.PORT), '127.0.0.1');
`;
const WAIT_MS = 45_000;

let compiled: Compiled;
let home: Pm2Home;
let dir: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  compiled = await compile('monitoring/main.ts');
  home = await startPm2Home();
  dir = await mkdtemp(join(tmpdir(), 'hypercare-frozen-'));
}, 90_000);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await home?.stop();
  compiled?.remove();
  await rm(dir, { recursive: true, force: true });
});

interface Running {
  readonly child: ChildProcess;
  readonly lines: readonly string[];
  readonly ended: Promise<number | null>;
}

function startMonitor(): Running {
  const env = { PATH: process.env['PATH'], HOME: dir, HYPERCARE_CONFIG: join(dir, 'hypercare.yaml') };
  const child = spawn(process.execPath, [join(compiled.dir, 'monitoring/main.js')], { env, cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => void lines.push(line));
  return { child, lines, ended: new Promise((end) => child.once('close', (code) => end(code))) };
}

async function says({ lines }: Running, what: string): Promise<void> {
  await until(`the monitor to say “${what}”`, async () => lines.some((line) => line.includes(what)), WAIT_MS).catch((error: unknown) => {
    throw new Error([String(error), ...lines].join('\n'));
  });
}

/** Frozen in the middle of a write it would hold the whole SQLite file, and nobody could take over. */
async function freezeBetweenWrites({ child }: Running): Promise<void> {
  const store = new Database(join(dir, 'hypercare.db'), { timeout: 0 });
  await until('a moment between two writes', async () => {
    child.kill('SIGSTOP');
    try {
      store.exec('begin immediate; rollback');
      return true;
    } catch {
      child.kill('SIGCONT');
      return false;
    }
  });
  store.close();
}

describe('a monitor that was stopped in its sleep, and comes back', () => {
  it('finds that another one has its host: it writes and does nothing more, and ends itself', { timeout: 120_000 }, async () => {
    const app = await home.startApp({ name: 'shop', code: FRAGILE, awaitAnswer: true });
    await writeFile(join(dir, 'hypercare.yaml'), `
data_dir: ${JSON.stringify(dir)}
pm2_home: ${JSON.stringify(home.home)}
apps:
  shop: { url: "${app.url.replace(/\/$/, '')}", endpoints: [{ path: /, samples: 1, timeout: 2s }], liveness: { path: /, every: 1s } }
policy: { default: act-and-tell }
${BRISK}`);
    const first = startMonitor();
    await says(first, 'launch of shop');
    await freezeBetweenWrites(first);

    // A frozen holder keeps its seat: the next one waits, until somebody takes the seat away by hand.
    const second = startMonitor();
    await says(second, 'waits to take over');
    await rm(seatFile(home.home));
    await says(second, 'watches  apps=');
    await fetch(`${app.url}break`);
    await says(second, 'incident over');

    first.child.kill('SIGCONT');
    expect(await first.ended).toBe(1);
    expect(first.lines.join('\n')).toContain('another monitor has taken over this host');
    expect(second.lines.filter((line) => line.includes('began  by=hypercare') && line.includes('pm2.')).length + first.lines.filter((line) => line.includes('pm2.')).length).toBe(1);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });
});
