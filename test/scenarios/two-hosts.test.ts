import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInbox } from '../../bot/inbox.js';
import { drawPlain } from '../../src/cards/plain.js';
import { DEFAULT_TIERS } from '../../src/domain/tiers.js';
import { systemClock } from '../../src/io/clock.js';
import { activeHolds } from '../../src/store/holds.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { incidentView } from '../../src/store/incident-view.js';
import { openQuestions } from '../../src/store/questions.js';
import { startPm2Home, until, type Pm2Home } from '../doubles/pm2-home.js';
import { missingService, startPostgres, type Service } from '../doubles/postgres.js';
import { startWatched, type Watched } from '../doubles/watched.js';
import { FRAGILE } from './breaking-apps.js';
import { BRISK } from './watch.js';

const missing = missingService('postgres');
const STORY_MS = 60_000;

/** One machine: a PM2 of its own, an app that both machines call 'shop', and its own people. */
interface Host {
  readonly pm2: Pm2Home;
  readonly url: string;
  readonly watched: Watched;
  /** What a bot of this host answers to somebody in Slack. */
  hear(userId: string, words: string): Promise<string>;
}

describe.skipIf(missing !== null)(`two hosts with different people on one PostgreSQL${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let postgres: Service;
  let hosts: readonly Host[] = [];
  const ended: (() => unknown)[] = [];

  const begin = async (name: string, people: string): Promise<Host> => {
    const pm2 = await startPm2Home();
    ended.push(() => pm2.stop());
    const { url } = await pm2.startApp({ name: 'shop', code: FRAGILE, awaitAnswer: true });
    const watched = await startWatched((dataDir) => `
host: ${name}
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(pm2.home)}
apps:
  shop: { url: "${url}", endpoints: [{ path: /checkout, samples: 1, timeout: 2s }], liveness: { path: /, every: 1s }, runbook: { endpoint-failing: [pm2.restart], all-endpoints-failing: [pm2.restart] } }
policy: { default: ask }
people: ${people}
${BRISK}`, { url: postgres.url });
    ended.push(() => watched.stop());
    const { ctx, loop } = watched.monitor;
    const carrier = { poke: async () => loop.poke(), onPoke: async () => async () => undefined } as unknown as Parameters<typeof createInbox>[0]['carrier'];
    const inbox = createInbox({ store: watched.store, hostId: ctx.hostId, carrier, clock: systemClock, log: ctx.log, tiers: DEFAULT_TIERS, settleMs: 30_000, policy: ctx.settings.policy, timeZone: 'UTC' });
    let said = 0;
    return {
      pm2, url, watched,
      async hear(userId, words) {
        const { card } = await inbox({ platform: 'slack', userId, userName: 'somebody', said: { words }, nonce: `${userId}:${(said += 1)}` });
        return drawPlain(card, { width: 2_000, color: false });
      },
    };
  };

  beforeAll(async () => {
    postgres = await startPostgres();
    ended.push(() => postgres.stop());
    hosts = [
      await begin('north', '[{ name: Ann, role: approver, slack: U0ANN0001 }, { name: Zoe, role: approver, slack: U0ZOE0001 }]'),
      await begin('south', '[{ name: Bob, role: approver, slack: U0BOB0001 }, { name: Zoe, role: viewer, slack: U0ZOE0001 }]'),
    ];
  }, 120_000);
  afterAll(async () => {
    for (const end of ended.reverse()) await end();
  });

  const questionsOf = ({ watched }: Host) => openQuestions(watched.store.db, watched.monitor.ctx.hostId);
  const incidentOf = async ({ watched }: Host) => (await recentIncidents(watched.store.db, watched.monitor.ctx.hostId, 5)).find(({ kind }) => !kind.startsWith('host-'));
  const heldOn = async ({ watched }: Host) => (await activeHolds(watched.store.db, watched.monitor.ctx.hostId, Date.now())).map(({ author }) => author);

  it('know each its own: who is known on one is a stranger to the other’s bot, and who is on both has there what that host gives', { timeout: 60_000 }, async () => {
    const [north, south] = hosts as [Host, Host];
    expect(await north.hear('U0ANN0001', 'whoami')).toContain('Ann');
    expect(await south.hear('U0ANN0001', 'freeze shop --reason x')).toContain('belongs to nobody who is known here');
    expect(await south.hear('U0BOB0001', 'whoami')).toContain('Bob');
    expect(await north.hear('U0BOB0001', 'freeze shop --reason x')).toContain('belongs to nobody who is known here');
    expect(await south.hear('U0ZOE0001', 'freeze shop --reason x')).toContain('These may: Bob (approver)');
    await north.hear('U0ZOE0001', 'freeze shop --reason x');
    expect([await heldOn(north), await heldOn(south)]).toEqual([['Zoe'], []]);
    await north.hear('U0ZOE0001', 'unfreeze shop');
  });

  it('answer each its own questions, and a no on one is none on the other', { timeout: 180_000 }, async () => {
    const [north, south] = hosts as [Host, Host];
    for (const host of hosts) await until('the app to be found good', async () => (await host.hear(host === north ? 'U0ANN0001' : 'U0BOB0001', 'status')).includes('GOOD'), STORY_MS);
    for (const { url } of hosts) await fetch(`${url}break/checkout`);
    for (const host of hosts) await until('a question', async () => (await questionsOf(host)).length > 0, STORY_MS);
    const { approvers } = await incidentView(south.watched.store.db, (await incidentOf(south))?.id as never);
    expect(approvers).toEqual(['Bob', 'tester']);
    expect(await south.hear('U0ANN0001', 'approve shop')).toContain('belongs to nobody who is known here');
    await north.hear('U0ANN0001', 'deny shop');
    await until('the no to be taken', async () => (await incidentOf(north))?.state === 'escalated', STORY_MS);
    expect(await questionsOf(south)).toHaveLength(1);
    await south.hear('U0BOB0001', 'approve shop');
    await until('the other one to be mended', async () => (await incidentOf(south))?.state === 'resolved', STORY_MS);
    expect((await incidentOf(north))?.state).toBe('escalated');
  });
});
