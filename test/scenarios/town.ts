/** A shop that is watched, two chats, and the people in them. */
import type { Shop } from '../../scripts/shop/shop.js';
import { incidentView } from '../../src/store/incident-view.js';
import { recentIncidents } from '../../src/store/incidents.js';
import { compile } from '../doubles/compiled.js';
import { until } from '../doubles/pm2-home.js';
import { startSampleShop, versions } from '../doubles/sample-shop.js';
import { person } from '../doubles/telegram.js';
import { GROUP, openChats, type Chats, type Shown } from './chats.js';
import { beginWatch, BRISK, type Watch } from './watch.js';

/** Ann approves from Telegram, Bob from Slack; Vera looks; nobody knows Eve and Mallory. */
export const ANN = person(11, 'ann');
export const MALLORY = person(66, 'mallory');
export const BOB = 'U0BOB0001';
export const VERA = 'U0VERA001';
export const EVE = 'U0EVE0001';

const CHAT_MS = 60_000;

/** Known by an account of one of the chats. */
export type Approver = { readonly name: string; readonly slack: string } | { readonly name: string; readonly telegram: number };

export interface Town {
  readonly shop: Shop;
  readonly watch: Watch;
  readonly chats: Chats;
  /** Of the release that runs at the beginning: its name on cards, and what it answers at /version. */
  readonly goodRelease: string;
  readonly goodVersion: string;
  /** Waits until some card of each chat is so. */
  inBoth(what: string, isSo: (card: Shown) => boolean): Promise<void>;
  /** Waits until both chats have asked, and called whom they call. */
  asked(): Promise<void>;
  /** How every rollback ended that was ever begun. */
  rollbacks(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The bot is not started yet. `more`: approvers beside Ann and Bob. */
export async function openTown(more: readonly Approver[] = []): Promise<Town> {
  const ends: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return await settle(ends, close, more);
  } catch (error) {
    await close();
    throw error;
  }
}

/** What was begun is put into `ends`, in its order. */
async function settle(ends: (() => unknown)[], close: () => Promise<void>, more: readonly Approver[]): Promise<Town> {
  const compiled = await compile('bot/main.ts');
  ends.push(compiled.remove);
  const sample = await startSampleShop();
  ends.push(sample.stop);
  const { shop } = sample;
  const watch = await beginWatch((dataDir) => configOf(shop, dataDir, more));
  ends.push(() => watch.stop());
  const chats = await openChats(configOf(shop, watch.dir, more), compiled);
  ends.push(chats.stop);
  for (const [id, name] of [[BOB, 'Bob'], [VERA, 'Vera'], [EVE, 'Eve'], ...more.flatMap((one) => ('slack' in one ? [[one.slack, one.name] as const] : []))] as const) chats.slack.workspace.addUser(id, name);
  await watch.steady();
  const [goodVersion = ''] = await versions(shop);

  const wait = (what: string, isSo: () => boolean): Promise<void> => until(what, isSo, CHAT_MS).catch((error: unknown) => {
    throw new Error([String(error), JSON.stringify(chats.cards(), null, 1), ...watch.logs, ...chats.logs].join('\n'));
  });
  const inBoth: Town['inBoth'] = (what, isSo) => wait(what, () => chats.cards().slack.some(isSo) && chats.cards().telegram.some(isSo));

  return {
    shop, watch, chats, goodVersion, inBoth,
    goodRelease: (await releaseOf(watch)).slice(0, 7),
    async asked() {
      await inBoth('the question', ({ buttons }) => buttons.includes('Roll back'));
      const isCalled = (): boolean => chats.slack.messages.sights.some(({ threadTs }) => threadTs !== null) && chats.telegram.messages(GROUP).some(({ text }) => /: may I .*Expires/.test(text) && !text.includes('May decide'));
      await wait('the call', isCalled);
    },
    async rollbacks() {
      const incidents = await recentIncidents(watch.store.db, watch.monitor.ctx.hostId, 20);
      const views = await Promise.all(incidents.map(({ id }) => incidentView(watch.store.db, id)));
      return views.flatMap(({ remediations }) => remediations.filter(({ repair }) => repair === 'release.rollback').map(({ state }) => state));
    },
    close,
  };
}

/** The one that runs; its repository's tags stand in the ledger too. */
async function releaseOf({ store, app }: Watch): Promise<string> {
  const row = await store.db.selectFrom('launches').innerJoin('releases', 'releases.id', 'launches.release_id').select('releases.commit').where('launches.open_app', '=', app.id).executeTakeFirstOrThrow();
  return row.commit ?? '';
}

/** The rollback comes after a reload that cannot help, so that the question finds a card that stands already. */
function configOf({ name, url, pm2Home, places }: Shop, dataDir: string, more: readonly Approver[]): string {
  return `
data_dir: ${JSON.stringify(dataDir)}
pm2_home: ${JSON.stringify(pm2Home)}
apps:
  ${name}:
    url: ${url}
    endpoints: [{ path: /checkout, samples: 1, timeout: 2s }]
    liveness: { path: /health, every: 1s }
    release: { mode: releases, dir: ${JSON.stringify(places.dir)}, repo: ${JSON.stringify(places.repo)} }
    runbook: { endpoint-failing: [pm2.reload, release.rollback] }
policy:
  rules:
    - { name: shop heals itself, repair: pm2.*, rung: act-and-tell }
    - { name: the way back is asked for, repair: release.rollback, rung: ask }
people:
  - { name: Ann, role: approver, telegram: 11 }
  - { name: Bob, role: approver, slack: ${BOB} }
  - { name: Vera, role: viewer, slack: ${VERA} }
${more.map((one) => `  - ${JSON.stringify({ ...one, role: 'approver' })}\n`).join('')}${BRISK}`;
}
