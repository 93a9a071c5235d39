import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { actsOn } from '../../src/store/acts.js';
import { until, type StartedApp } from '../doubles/pm2-home.js';
import { FRAGILE } from './breaking-apps.js';
import { watchedHome } from './watched-home.js';
import type { Watch } from './watch.js';

const home = watchedHome();

async function begin(name: string, more = ''): Promise<{ readonly begun: Watch; readonly app: StartedApp }> {
  const app = await home.pm2.startApp({ name, code: FRAGILE, awaitAnswer: true });
  const begun = await home.watch(`apps:
  ${name}:
    url: ${app.url}
    endpoints: [{ path: /checkout, critical: true, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
policy:
  default: act-and-tell
${more}`);
  await begun.steady();
  return { begun, app };
}

async function ours({ store, app }: Watch): Promise<readonly (string | null)[]> {
  return (await actsOn(store.db, app.id, 0)).filter(({ by }) => by === 'us').map(({ note }) => note);
}

async function checkout(app: StartedApp): Promise<number> {
  return (await fetch(`${app.url}checkout`)).status;
}

describe('a freeze', () => {
  it('keeps hypercare from an app that breaks, says so, and lets it go on when an approver lifts it', { timeout: 60_000 }, async () => {
    const { begun, app } = await begin('shop');
    expect(await begun.say('freeze', 'shop', '--for', '2h', '--reason', 'we deploy by hand')).toMatchInlineSnapshot(`
      "
      ! WARNING  shop: frozen, hypercare does nothing to it
        we deploy by hand
        By tester since ‹clock›, a while ago, until ‹clock›, in 2 h.

        It is still measured. What was under way is finished or undone. An approver ends it: unfreeze.
      "
    `);
    await fetch(`${app.url}break/checkout`);
    await begun.incident('escalated');
    expect(await begun.card()).toMatchInlineSnapshot(`
      "
      ✗ CRITICAL  shop needs you: /checkout: status 500, some checks in a row over a while
        At ‹clock›: status 500 × some
        last good a while ago

        It began a while after release shop went live.

        pm2.reload: not done: tester holds it: we deploy by hand

        hypercare has stopped acting: would have run pm2.reload, but tester holds it: we deploy by hand.
        Now: look at its log (pm2 logs shop), and mend it; it is still measured, and this closes by itself once it is good.
        Or ask for one of these: “repair general shop”, “rollback shop --plan”.

        Began    ‹clock›, a while ago
        Held     Frozen: shop, by tester since ‹clock›, a while ago, until ‹clock›, in 2 h: we deploy by hand
        Release  shop (watching)

        incident ‹id›
      "
    `);
    await begun.say('repair', 'pm2.restart', 'shop');
    await until('what was asked for by hand to be held too', async () => (await begun.card()).includes('pm2.restart: not done: tester holds it'));
    expect([await checkout(app), await ours(begun)]).toEqual([500, []]);
    expect(await begun.say('status')).toContain('Frozen: shop, by tester since');
    expect(await begun.say('unfreeze', 'shop')).toMatchInlineSnapshot(`
      "
      ✓ GOOD  nothing is held any more: hypercare acts as its policy says
      "
    `);
    await begun.incident('resolved');
    expect([await checkout(app), await ours(begun)]).toEqual([200, ['pm2.reload']]);
  });

  it('is a file too: it holds all hands while it is there', { timeout: 60_000 }, async () => {
    const { begun, app } = await begin('store');
    const file = join(begun.dir, 'freeze');
    await writeFile(file, 'something is wrong here\n');
    await fetch(`${app.url}break/checkout`);
    expect((await begun.incident('escalated')).reason).toMatch(/^would have run pm2\.reload, but .* holds it: something is wrong here$/);
    expect(await begun.say('unfreeze')).toContain('the freeze file holds');
    expect(await ours(begun)).toEqual([]);
    await rm(file);
    await begun.incident('resolved');
    expect(await ours(begun)).toEqual(['pm2.reload']);
  });
});

describe('a maintenance window', () => {
  it('has the machine wait and people act: what breaks in it is told, and repaired when somebody asks', { timeout: 90_000 }, async () => {
    const { begun, app } = await begin('desk', 'maintenance: [{ name: moving, weekly: { from: "00:00", to: "24:00" } }]\n');
    await fetch(`${app.url}break/checkout`);
    await until('the plan to wait', async () => (await begun.incident('open')).reason !== null, 45_000).catch((error: unknown) => {
      throw new Error([String(error), ...begun.logs].join('\n'));
    });
    expect((await begun.incident('open')).reason).toBe('waits with pm2.reload: hypercare.yaml holds it: moving');
    await begun.say('repair', 'pm2.reload', 'desk');
    await begun.incident('resolved');
    expect(await ours(begun)).toEqual(['pm2.reload']);
  });
});
