/** The house's rooms, and what each may import of ours. Files in one room may always import each other. */
export interface Room {
  /** Folders (with a slash at the end) and single files. */
  readonly is: readonly string[];
  /** Folders and files, or 'anything'. */
  readonly may: readonly string[] | 'anything';
}

const LOOP = ['monitoring/loop.ts', 'monitoring/effects.ts', 'monitoring/readings.ts', 'monitoring/stages/', 'monitoring/schedule/'];
const UNIT_INTERFACES = ['monitoring/probes/probe.ts', 'monitoring/detectors/detector.ts', 'monitoring/repairs/repair.ts', 'monitoring/evidence/collector.ts'];

export const ROOMS: readonly Room[] = [
  // What both processes share.
  { is: ['src/domain/'], may: [] },
  { is: ['src/policy/'], may: ['src/domain/'] },
  { is: ['src/cards/'], may: ['src/domain/'] },
  { is: ['src/config/'], may: ['src/domain/', 'src/policy/'] },
  { is: ['src/store/'], may: ['src/domain/'] },
  { is: ['src/io/'], may: ['src/domain/'] },
  { is: ['src/commands/'], may: ['src/domain/', 'src/policy/', 'src/store/', 'src/cards/'] },

  // The watchdog.
  { is: ['monitoring/detectors/'], may: ['src/domain/'] },
  { is: ['monitoring/release/'], may: ['src/domain/', 'src/io/'] },
  { is: ['monitoring/probes/'], may: ['src/domain/', 'src/io/'] },
  { is: ['monitoring/evidence/'], may: ['src/domain/', 'src/io/'] },
  { is: ['monitoring/repairs/'], may: ['src/domain/', 'src/io/', 'monitoring/release/'] },
  { is: ['monitoring/runbooks/'], may: ['src/domain/', 'src/io/', 'monitoring/stages/stage.ts'] },
  { is: LOOP, may: ['src/domain/', 'src/policy/', 'src/store/', 'src/io/', ...UNIT_INTERFACES] },
  // They put the parts together, for the process, for `rollback --offline` and for the demo.
  { is: ['monitoring/compose.ts', 'monitoring/monitor.ts', 'monitoring/settings.ts'], may: ['src/domain/', 'src/policy/', 'src/config/', 'src/store/', 'src/io/', 'monitoring/'] },

  // The people's process.
  { is: ['bot/channels/'], may: ['src/domain/', 'src/cards/', 'src/io/'] },
  // What runs in a browser: of ours it has what is pure, so that no secret and no store can get there.
  { is: ['bot/dashboard/'], may: ['src/domain/', 'src/cards/'] },
  { is: ['bot/'], may: ['src/domain/', 'src/store/', 'src/commands/', 'src/cards/', 'src/io/', 'bot/channels/channel.ts'] },

  // Composition roots.
  { is: ['monitoring/main.ts'], may: 'anything' },
  { is: ['bot/main.ts'], may: 'anything' },
  { is: ['src/cli/'], may: 'anything' },
  { is: ['scripts/'], may: 'anything' },
];

/** The room a file stands in: the one that names it most exactly. */
export function roomOf(path: string): Room | null {
  const named = ROOMS.flatMap((room) => room.is.filter((is) => covers(is, path)).map((is) => ({ room, length: is.length })));
  return named.toSorted((a, b) => b.length - a.length)[0]?.room ?? null;
}

export function covers(place: string, path: string): boolean {
  return place.endsWith('/') ? path.startsWith(place) : path === place;
}

/** Rooms that touch the outside through `src/io` or not at all: not even node's own modules. */
export const WITHOUT_NODE = ['src/domain/', 'src/policy/', 'src/cards/', 'monitoring/detectors/', 'monitoring/stages/', 'monitoring/schedule/', 'bot/dashboard/'];

/** The one home of each library. A new one gets a line here. */
export const HOMES: Readonly<Record<string, readonly string[]>> = {
  '@clack/prompts': ['src/cli/init/'],
  '@hono/node-server': ['bot/http/'],
  '@hono/zod-openapi': ['bot/http/'],
  '@marcbachmann/cel-js': ['src/policy/'],
  '@slack/bolt': ['bot/channels/slack/'],
  'better-sqlite3': ['src/store/'],
  hono: ['bot/http/'],
  ioredis: ['src/io/'],
  kysely: ['src/store/'],
  nodemailer: ['bot/channels/email/'],
  'node-schedule': ['monitoring/schedule/'],
  pg: ['src/store/', 'src/io/'],
  picocolors: ['src/cards/'],
  pino: ['src/io/'],
  preact: ['bot/dashboard/'],
  pm2: ['src/io/'],
  semver: ['monitoring/release/'],
  'simple-git': ['src/io/'],
  telegraf: ['bot/channels/telegram/'],
  undici: ['src/io/'],
  uplot: ['bot/dashboard/'],
  yaml: ['src/config/', 'monitoring/runbooks/', 'src/cli/init/'],
  // What units and commands say of their options.
  zod: ['src/config/', 'src/commands/', 'monitoring/probes/', 'monitoring/detectors/', 'monitoring/repairs/', 'monitoring/runbooks/', 'bot/channels/'],
};

/** The kinds of units: a folder, the type each unit's constant or maker has, and where its tests stand. */
export const KINDS = [
  { folder: 'monitoring/probes', type: 'Probe' },
  { folder: 'monitoring/detectors', type: 'Detector' },
  { folder: 'monitoring/repairs', type: 'Repair' },
  { folder: 'monitoring/evidence', type: 'Collector' },
  { folder: 'monitoring/release/migrations', type: 'MigrationTool' },
  { folder: 'monitoring/release/preflight', type: 'PreflightCheck' },
  { folder: 'src/commands', type: 'Command' },
  { folder: 'bot/channels', type: 'ChannelKind' },
] as const;

/** Files that nobody imports because they are started, by a person, PM2 or another file. */
export const STARTED = ['monitoring/main.ts', 'bot/main.ts', 'src/cli/main.ts', 'bot/dashboard/app.ts', 'bot/dashboard/vite.config.js', /^scripts\/[\w-]+\.(?:ts|mjs)$/, /^scripts\/[\w-]+\/[\w-]+-child\.ts$/, /^bin\//, 'ecosystem.config.js', 'vitest.config.ts', /\.d\.ts$/];
