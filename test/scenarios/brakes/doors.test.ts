import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serveApi } from '../../../bot/http/server.js';
import { createInbox } from '../../../bot/inbox.js';
import { freePort } from '../../../scripts/free-port.js';
import { runCli } from '../../../src/cli/run-cli.js';
import { DEFAULT_TIERS } from '../../../src/domain/tiers.js';
import { systemClock } from '../../../src/io/clock.js';
import { sha256 } from '../../../src/io/hash.js';
import { actsOn } from '../../../src/store/acts.js';
import { openStore } from '../../../src/store/store.js';
import { until, type StartedApp } from '../../doubles/pm2-home.js';
import { MARKED } from '../breaking-apps.js';
import { watchedHome } from '../watched-home.js';
import type { Watch } from '../watch.js';

const REAL_MS = 90_000;
const home = watchedHome();

/** Each door asks for another repair than the one before, so that none is the second yes to what that asked for. */
const DOORS: readonly { readonly door: string; readonly repair: string; readonly use: (on: Watch, app: StartedApp) => Promise<unknown> }[] = [
  { door: 'the runbook', repair: 'pm2.reload', use: (_on, app) => writeFile(join(app.cwd, 'broken'), '') },
  { door: 'the command line', repair: 'pm2.restart', use: (on, app) => cli(on, ['repair', 'pm2.restart', app.name]) },
  { door: 'a chat', repair: 'pm2.kill', use: (on, app) => chat(on, `repair pm2.kill ${app.name}`) },
  { door: 'the HTTP API', repair: 'pm2.restart', use: (on, app) => http(on, { action: 'restart', approve: true }, app.name) },
];

function cli(on: Watch, argv: readonly string[]): Promise<number> {
  const quiet = { write: () => undefined };
  return runCli({ argv, env: { PATH: process.env['PATH'] ?? '' }, cwd: on.dir, home: on.dir, user: 'tester', timeZone: 'UTC', stdout: quiet, stderr: quiet, clock: systemClock });
}

async function chat(on: Watch, words: string): Promise<void> {
  const { store, monitor: { ctx, loop } } = on;
  const carrier = { poke: async () => loop.poke(), onPoke: async () => async () => undefined } as unknown as Parameters<typeof createInbox>[0]['carrier'];
  const hear = createInbox({ store, hostId: ctx.hostId, carrier, clock: systemClock, log: ctx.log, tiers: DEFAULT_TIERS, settleMs: 30_000, policy: ctx.settings.policy, timeZone: 'UTC' });
  await hear({ platform: 'slack', userId: 'U0ANN', userName: 'Ann', said: { words }, nonce: words } as Parameters<typeof hear>[0]);
}

const TOKEN = `hc_${'t'.repeat(43)}`;

async function http(on: Watch, body: object, app: string): Promise<void> {
  const { store, monitor: { ctx, loop } } = on;
  const at = { listen: '127.0.0.1', port: await freePort(), hosts: [], perSecond: 50 };
  const carrier = { poke: async () => loop.poke(), onPoke: async () => async () => undefined };
  const stop = await serveApi({ store, hostId: ctx.hostId, hostName: 'vm-1', carrier, clock: systemClock, log: ctx.log, tiers: DEFAULT_TIERS, settleMs: 30_000, policy: ctx.settings.policy, repairs: async () => null, release: '0.0.0', at });
  try {
    await fetch(`http://127.0.0.1:${at.port}/api/monitoring/remediate/${app}`, { method: 'POST', headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  } finally {
    await stop();
  }
}

interface Decided {
  readonly repair: string;
  readonly state: string;
  readonly rule: string | null;
}

const decided = (on: Pick<Watch, 'store'>): Promise<readonly Decided[]> => on.store.db.selectFrom('plans').select(['repair', 'state', 'rule']).execute() as Promise<readonly Decided[]>;

const BRAKES = [
  { brake: 'a freeze', policy: '', set: (on: Watch) => on.say('freeze', 'frozen', '--reason', 'we look ourselves'), name: 'frozen', rule: 'hold:freeze' },
  { brake: 'a deny rule', policy: "deny: [{ repair: 'pm2.*', target: denied }]", set: async () => undefined, name: 'denied', rule: 'deny[0]' },
  { brake: 'a used-up budget', policy: 'restarts: { per_30m: 1, per_24h: 1 }', set: (on: Watch) => spend(on), name: 'spent', rule: 'budget:restarts' },
] as const;

/** A person's restart counts as ours would. */
async function spend(on: Watch): Promise<void> {
  await home.pm2.pm2('restart', 'spent');
  await until('the restart to be counted', async () => (await actsOn(on.store.db, on.app.id, 0)).length > 0, REAL_MS);
  await on.steady();
}

describe.each(BRAKES)('past $brake', ({ policy, set, name, rule }) => {
  it('leads no door: not the runbook, the command line, a chat, the HTTP API, or --offline', { timeout: 240_000 }, async () => {
    const app = await home.pm2.startApp({ name, code: MARKED, awaitAnswer: true });
    const on = await home.watch(`host: vm-1
apps:
  ${name}:
    url: ${app.url}
    endpoints: [{ path: /checkout, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
    runbook: { endpoint-failing: [pm2.reload] }
people: [{ name: tester, role: approver, terminal: tester, slack: U0ANN, api: ${sha256(TOKEN)} }]
policy:
  default: act-and-tell
  ${policy}
`);
    await on.steady();
    await set(on);
    const pid = async (): Promise<string> => (await home.pm2.pm2('pid', name)).trim();
    const before = await pid();
    for (const [n, { door, repair, use }] of DOORS.entries()) {
      const times = DOORS.slice(0, n + 1).filter((other) => other.repair === repair).length;
      await use(on, app);
      await until(`${door} to be stopped`, async () => (await decided(on)).filter((plan) => plan.repair === repair && plan.rule === rule).length >= times, REAL_MS);
    }
    await on.stop({ keep: true });
    await cli(on, ['repair', 'general', name, '--offline']);
    const store = openStore({ file: join(on.dir, 'hypercare.db') });
    try {
      const plans = await decided({ store } as unknown as Watch);
      expect(plans.map((plan) => plan.rule)).toEqual(plans.map(() => rule));
      expect(plans.map((plan) => plan.repair).slice(0, DOORS.length)).toEqual(DOORS.map(({ repair }) => repair));
      expect(plans.length, 'offline was decided on too').toBeGreaterThan(DOORS.length);
      expect((await store.db.selectFrom('remediations').select('id').execute()).length).toBe(0);
    } finally {
      await store.close();
    }
    expect(await pid()).toBe(before);
  });
});
