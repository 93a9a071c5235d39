import { join } from 'node:path';
import type { RepairTarget } from '../../monitoring/repairs/repair.js';
import { redisInvalidate } from '../../monitoring/repairs/redis-invalidate.js';
import { systemClock } from '../../src/io/clock.js';
import type { Io } from '../../src/io/io.js';
import { packageRoot } from '../../src/io/package-root.js';
import { createRedis } from '../../src/io/redis.js';
import { startRedis, type Service } from '../services.js';
import { until } from '../until.js';
import { startChild } from './child.js';

/** What one way of removing 900,000 of a million keys came to, beside what another client felt of it. */
export interface RedisFigures {
  readonly way: string;
  readonly left: number;
  readonly seconds: number;
  /** The longest that another client waited for one GET meanwhile, in milliseconds. */
  readonly worstMs: number;
}

const CACHED = 900_000;
const KEPT = 100_000;
const VALUE_BYTES = 100;
const AT_ONCE = 20_000;
const REST_MS = 3_000;
/** On a machine that is busy with other things too, a look at a million keys takes minutes. */
const CALL = { timeoutMs: 600_000 } as const;
const PATIENCE = { withinMs: 60_000, everyMs: 20 } as const;
const FILL = "for n = tonumber(ARGV[2]), tonumber(ARGV[3]) do redis.call('SET', ARGV[1] .. n, ARGV[4]) end";

type Way = readonly [name: string, run: (io: Io, url: string) => Promise<unknown>];

/** Side by side in one run on one server, each on a fresh million. */
const WAYS: readonly Way[] = [
  ['nothing', (io) => io.clock.sleep(REST_MS)],
  ['hypercare: look, then redis.invalidate', invalidate],
  ['KEYS, then UNLINK', async (io, url) => {
    const keys = (await io.redis.call(url, ['KEYS', 'page:*'], CALL)) as string[];
    for (let n = 0; n < keys.length; n += AT_ONCE) await io.redis.call(url, ['UNLINK', ...keys.slice(n, n + AT_ONCE)], CALL);
  }],
  ['FLUSHDB', (io, url) => io.redis.call(url, ['FLUSHDB', 'SYNC'], CALL)],
  ['FLUSHDB ASYNC', (io, url) => io.redis.call(url, ['FLUSHDB', 'ASYNC'], CALL)],
];

export async function benchRedis(tell: (text: string) => void): Promise<readonly RedisFigures[]> {
  const server = await startRedis();
  const io = { clock: systemClock, redis: createRedis() } as unknown as Io;
  try {
    const figures: RedisFigures[] = [];
    for (const way of WAYS) {
      tell(`redis: ${way[0]}`);
      figures.push(await measure(io, server, way));
    }
    return figures;
  } finally {
    await io.redis.close();
    await server.stop();
  }
}

async function measure(io: Io, { url }: Service, [way, run]: Way): Promise<RedisFigures> {
  await io.redis.call(url, ['FLUSHDB', 'SYNC'], CALL);
  await fill(io, url, 'keep:', KEPT);
  await fill(io, url, 'page:', CACHED);
  const other = startChild(process.execPath, [join(packageRoot(), 'dist/scripts/bench/redis-client-child.js'), url]);
  try {
    await until('the other client asks', async () => other.lines.length > 0, PATIENCE);
    const before = io.clock.monotonic();
    await run(io, url);
    const seconds = (io.clock.monotonic() - before) / 1_000;
    const told = other.lines.length;
    // What it waits for now it tells when it has it.
    await until('the other client has told', async () => other.lines.length >= told + 2, PATIENCE);
    return { way, left: Number(await io.redis.call(url, ['DBSIZE'], CALL)), seconds, worstMs: Number(other.lines.at(-1)?.text) };
  } finally {
    await other.stop();
  }
}

async function fill(io: Io, url: string, prefix: string, count: number): Promise<void> {
  for (let n = 1; n <= count; n += AT_ONCE) await io.redis.call(url, ['EVAL', FILL, 0, prefix, n, Math.min(count, n + AT_ONCE - 1), 'x'.repeat(VALUE_BYTES)], CALL);
}

async function invalidate(io: Io, url: string): Promise<void> {
  const target: RepairTarget = { id: 'bench' as RepairTarget['id'], kind: 'redis', name: 'cache', url, options: { invalidate: ['page:'] }, users: [], uses: [], processes: [], release: null, running: null, ledger: [], checks: [], settleMs: 0 };
  const signal = AbortSignal.timeout(CALL.timeoutMs);
  const prepared = await redisInvalidate.prepare(target, {}, io, signal);
  if ('refused' in prepared) throw new Error(prepared.refused);
  for (const step of redisInvalidate.steps(target, {}, prepared)) await step.act(prepared.witness, {}, io, signal);
}
