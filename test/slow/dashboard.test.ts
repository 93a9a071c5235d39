import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checksOf } from '../../src/store/checks.js';
import { tell } from '../../src/store/events.js';
import { openIncident } from '../../src/store/incidents.js';
import { insertSamples } from '../../src/store/samples.js';
import { saveBaseline } from '../../src/store/baselines.js';
import { beginRemediation, endRemediation } from '../../src/store/remediations.js';
import { noBrowser, openBrowser } from '../doubles/browser.js';
import { openApi, type Name } from '../bot/http/stage.js';
import { linkFor } from '../bot/http/visitor.js';
import { asked, broken, launched, release, watchShop } from '../src/commands/stage.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VIEWS = ['Overview', 'Launches', 'Repairs', 'Charts', 'Statistics'] as const;
const WITHIN = { timeout: 15_000 };

describe.skipIf(noBrowser !== null)(`the dashboard in Chromium${noBrowser === null ? '' : ` (skipped: ${noBrowser})`}`, () => {
  let browser: Browser;
  let api: Awaited<ReturnType<typeof openApi>>;
  /** What the browser said against any page: errors, and what its rules kept from running. */
  const said: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    api = await openApi();
    await fill();
    said.length = 0;
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await api.close();
    expect(said).toEqual([]);
  });

  /** A release in its watch with readings and what is usual, a repair that did not help, and a question whether to go back. */
  async function fill(): Promise<void> {
    const { stage } = api;
    await release(stage, '9d1e003', true);
    const launch = await launched(stage);
    stage.now += 3 * 3_600_000;
    await watchShop(stage, 'bad');
    const [check] = await checksOf(stage.store.db, stage.shop);
    if (!check) throw new Error('nothing is watched');
    const incident = await broken(stage);
    await stage.store.write(async (tx) => {
      await insertSamples(tx, Array.from({ length: 120 }, (_, n) => ({ checkId: check.id, at: stage.now - (120 - n) * 60_000, verdict: n > 115 ? ('bad' as const) : ('good' as const), ms: 20 + (n % 7), values: [20 + (n % 7)], note: null })));
      await saveBaseline(tx, { checkId: check.id, releaseId: launch.releaseId, n: 100, values: [{ median: 22, p95: 40 }] });
    });
    const { plan } = await asked(stage, incident);
    await stage.store.write(async (tx) => {
      const run = await beginRemediation(tx, { planId: plan.id, resourceId: stage.shop, fingerprint: 'f', fence: 1 }, stage.now - 60_000);
      if (run) await endRemediation(tx, run, 'failed', 'fresh readings are bad', stage.now - 20_000);
    });
  }

  const answers = async () => api.stage.store.db.selectFrom('answers').select(['via', 'yes']).execute();

  async function visit(name: Name = 'Ann', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage();
    page.on('console', (message) => message.type() === 'error' && said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    await page.goto(`${api.url}/dashboard/in/${await linkFor(api, name)}`);
    await page.getByRole('button', { name: `Sign in as ${name}` }).press('Enter');
    await page.waitForURL('**/dashboard');
    if (options.javaScriptEnabled !== false) await page.getByText('Live · as of').waitFor(WITHIN);
    return page;
  }

  async function look(page: Page, view: (typeof VIEWS)[number]): Promise<void> {
    await page.getByRole('link', { name: view, exact: true }).click();
    await page.locator('nav a[aria-current="page"]', { hasText: view }).waitFor(WITHIN);
    if (view === 'Charts') await page.locator('.u-wrap canvas').waitFor(WITHIN);
  }

  it('shows every view, and each says what it is about', async () => {
    const page = await visit();
    const text = async (): Promise<string> => (await page.locator('main').innerText()).replace(/\s+/g, ' ');
    const parts: Readonly<Record<(typeof VIEWS)[number], readonly string[]>> = {
      Overview: ['poor', 'compute', 'not watched', 'A yes does exactly this', 'Open incidents', 'a question waits for your answer', '−40 shop'],
      Launches: ['shop: release 4f2a91c', 'tier 1 of 3', 'watching', 'Release 4f2a91c went live'],
      Repairs: ['release.rollback on shop', 'did not help', '1 of 1'],
      Charts: ['31 points; 2 of them not good', 'Usual (release 4f2a91c): 22 ms, mostly below 40 ms'],
      Statistics: ['Incidents found', 'Repairs run', '30d'],
    };
    for (const view of VIEWS) {
      await look(page, view);
      for (const part of parts[view]) expect([view, await text()]).toEqual([view, expect.stringContaining(part)]);
    }
  });

  it('follows what happens, without being loaded anew', async () => {
    const page = await visit('Vera');
    await api.stage.store.write(async (tx) => {
      const { id } = await openIncident(tx, { resourceId: api.stage.blog, launchId: null, kind: 'hang', severity: 'critical', emergency: true, title: 'blog hangs <b>now</b>' }, api.stage.now);
      await tell(tx, api.stage.hostId, { kind: 'incident.opened', incidentId: id }, api.stage.now);
    });
    await page.getByRole('cell', { name: 'blog hangs <b>now</b>', exact: true }).waitFor(WITHIN);
    expect(await page.getByRole('cell', { name: 'Emergency' }).count()).toBe(1);
  });

  it('answers a question by the keyboard alone, and asks once more before what disrupts', async () => {
    const page = await visit();
    const until = async (role: 'button' | 'link', name: string): Promise<void> => {
      for (let n = 0; n < 40; n += 1) {
        await page.keyboard.press('Tab');
        if ((await page.getByRole(role, { name, exact: true }).and(page.locator(':focus')).count()) > 0) return;
      }
      expect.unreachable(`the ${role} “${name}” cannot be reached`);
    };
    await until('link', 'To the content');
    await until('link', 'Statistics');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Statistics' }).waitFor(WITHIN);
    await page.keyboard.press('Shift+Tab');
    await look(page, 'Overview');
    await until('button', 'Roll back');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor(WITHIN);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ ...WITHIN, state: 'detached' });
    expect(await answers()).toEqual([]);
    await page.getByRole('button', { name: 'Roll back', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor(WITHIN);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Close' }).waitFor(WITHIN);
    expect(await answers()).toEqual([{ via: 'web', yes: 1 }]);
  });

  it('shows an incident whole, before the reader, and goes back', async () => {
    const page = await visit('Vera');
    await page.getByRole('table').getByRole('button', { name: 'Details' }).click();
    const told = page.locator('[role=status]', { has: page.getByRole('button', { name: 'Close' }) });
    await told.getByText('release.rollback').first().waitFor(WITHIN);
    expect(await told.and(page.locator(':focus')).count()).toBe(1);
    await page.getByRole('button', { name: 'Close' }).click();
    await told.waitFor({ ...WITHIN, state: 'detached' });
  });

  it('tells who may not answer why', async () => {
    const page = await visit('Vera');
    await page.getByRole('button', { name: 'Not now', exact: true }).click();
    await page.getByText('That was not done: “deny” asks for an operator, and Vera is a viewer').waitFor(WITHIN);
    expect(await answers()).toEqual([]);
    // The browser notes the refusal itself.
    said.splice(0, said.length, ...said.filter((line) => !line.includes('403')));
  });

  it.each([{ width: 390, height: 844 }, { width: 1_280, height: 800 }])('fits into $width px, every view of it', async (viewport) => {
    const page = await visit('Ann', { viewport });
    for (const view of VIEWS) {
      await look(page, view);
      expect([view, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([view, viewport.width]);
    }
  });

  it.each(['light', 'dark'] as const)('in %s leaves axe nothing serious to say, on the pages before it neither', async (colorScheme) => {
    const grave = async (page: Page): Promise<readonly string[]> => {
      await page.evaluate(AXE);
      const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
      return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ').slice(0, 300)}`);
    };
    const page = await visit('Ann', { colorScheme });
    for (const view of VIEWS) {
      await look(page, view);
      expect([view, await grave(page)]).toEqual([view, []]);
    }
    await look(page, 'Overview');
    await page.getByRole('button', { name: 'Roll back', exact: true }).click();
    await page.getByRole('dialog').waitFor(WITHIN);
    expect(await grave(page)).toEqual([]);
    await page.goto(`${api.url}/dashboard/in/${await linkFor(api, 'Otto')}`);
    expect(await grave(page)).toEqual([]);
  });

  it('moves nothing for who asked for less motion', async () => {
    const moves = async (reducedMotion: 'reduce' | 'no-preference') => (await visit('Ann', { reducedMotion })).evaluate("getComputedStyle(document.querySelector('.gauge .value')).transitionDuration");
    expect([await moves('reduce'), await moves('no-preference')]).toEqual(['0s', '0.4s']);
  });

  it('without scripts is tables, and its buttons work', async () => {
    const page = await visit('Ann', { javaScriptEnabled: false });
    expect(await page.getByRole('table').count()).toBeGreaterThan(5);
    await page.getByRole('button', { name: 'Not now' }).click();
    await page.getByRole('link', { name: 'Back to the dashboard' }).click();
    expect(await answers()).toEqual([{ via: 'web', yes: 0 }]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor(WITHIN);
    said.splice(0, said.length, ...said.filter((line) => !line.includes('401')));
  });
});
