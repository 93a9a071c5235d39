import * as z from 'zod';
import type { Json } from '../domain/json.js';
import { cleanableDir } from './cleanable-dir.js';
import type { AppConfig } from './config.js';
import { absolutePath, duration, list, size } from './fields.js';

const MAX_DIRS = 50;

/** What `host:` has beside its name, cadence and runbook. */
export const hostFields = {
  cpu: z.int().min(1).max(100).default(60).describe('While something waits for a core in more per cent of the time, an app that is merely slow and does not use them itself is left alone'),
  disk: z.int().min(50).max(100).default(95).describe('So many per cent full is bad, where less than disk_free is left'),
  disk_free: size().prefault('2GB').describe('Less room than this is bad, where the disk is as full as `disk` says'),
  disks: list(absolutePath(), MAX_DIRS).prefault([]).describe("Further directories whose disks are watched; those of hypercare, PM2 and the apps' releases always are"),
  logs: size().prefault('2GB').describe("Log directories that hold more are told: PM2's and those of `compress`"),
  clean: list(z.strictObject({
    dir: cleanableDir(),
    older_than: duration('1h', '3650d').prefault('7d').describe('Only what was not written for so long'),
    match: z.string().min(1).max(200).regex(/^[^/\0]+$/, { error: 'must be a file name, in which * stands for anything' }).default('*').describe('Names of files, in which * stands for anything'),
  }), MAX_DIRS).prefault([]).describe('Files that host.clean-disk may remove, also in directories below'),
  compress: list(z.strictObject({
    dir: cleanableDir(),
    older_than: duration('1h', '3650d').prefault('1d').describe('Only what was not written for so long'),
  }), MAX_DIRS).prefault([]).describe('Directories whose rotated logs host.compress-logs may pack'),
  truncate: z.strictObject({
    over: size().prefault('500MB').describe('Only logs that are larger'),
    keep: size().prefault('1MB').describe('So much of the end is kept beside it, where there is room'),
  }).optional().describe('Lets host.truncate-logs empty the logs that PM2 writes for the apps'),
};

/** What of the rest of the config the host's probe and repairs need. */
export interface HostSurroundings {
  absolute(path: string): string;
  readonly everyMs: number;
  readonly dataDir: string;
  readonly pm2Home: string;
  readonly apps: readonly Pick<AppConfig, 'processes' | 'release'>[];
}

export function hostOptions(file: z.output<z.ZodObject<typeof hostFields>>, around: HostSurroundings): Readonly<Record<string, Json>> {
  const { absolute, dataDir, pm2Home, apps, everyMs } = around;
  const clean = file.clean.map(({ dir, older_than, match }) => ({ dir: absolute(dir), olderThanMs: older_than, match }));
  const compress = file.compress.map(({ dir, older_than }) => ({ dir: absolute(dir), olderThanMs: older_than }));
  const releases = apps.flatMap(({ release }) => (release === null ? [] : [release.dir]));
  return {
    everyMs,
    diskPercent: file.disk,
    diskFreeBytes: file.disk_free,
    dirs: distinct([dataDir, pm2Home, ...releases, ...clean.map(({ dir }) => dir), ...compress.map(({ dir }) => dir), ...file.disks.map(absolute)]),
    logDirs: distinct([`${pm2Home}/logs`, ...compress.map(({ dir }) => dir)]),
    logBytes: file.logs,
    clean,
    compress,
    truncate: file.truncate === undefined ? null : { overBytes: file.truncate.over, keepBytes: file.truncate.keep },
    processes: apps.flatMap(({ processes }) => [...processes]),
    own: [dataDir, pm2Home],
    releases,
  };
}

function distinct(dirs: readonly string[]): string[] {
  return [...new Set(dirs)];
}
