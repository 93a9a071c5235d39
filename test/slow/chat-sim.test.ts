import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noBrowser, openBrowser } from '../doubles/browser.js';
import { startSim, type Sim } from '../sim/sim.js';

const SOON = { timeout: 30_000 };
const STORY = { timeout: 90_000 };
/** A phone is so wide; then the chats stand below each other. */
const PHONE = { width: 390, height: 844 };

describe.skipIf(noBrowser !== null)(`both chats in a page${noBrowser === null ? '' : ` (skipped: ${noBrowser})`}`, () => {
  let browser: Browser;
  let sim: Sim;
  let page: Page;
  const said: string[] = [];
  const inSlack = (): Locator => page.locator('.slack');
  const inTelegram = (): Locator => page.locator('.telegram');

  beforeAll(async () => {
    browser = await openBrowser();
    sim = await startSim({ port: 0, tell: () => undefined });
    page = await browser.newPage({ viewport: PHONE });
    page.on('console', (message) => message.type() === 'error' && said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    await page.goto(sim.url);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await sim?.close();
  });

  it('is for this machine alone', () => {
    expect(new URL(sim.url).hostname).toBe('127.0.0.1');
  });

  it('shows the launch in both, and answers what is typed to whom it is for', async () => {
    await inSlack().getByRole('heading', { name: /is live/ }).waitFor(SOON);
    await inTelegram().getByText('is live').waitFor(SOON);
    await inSlack().getByLabel('Say in Slack').fill('/hypercare whoami');
    await page.keyboard.press('Enter');
    await inSlack().getByText('you are Bob, approver').waitFor(SOON);
    await inSlack().getByText('Only visible to you').waitFor(SOON);
    await inSlack().getByLabel('You are, in Slack').selectOption({ label: 'Eve, a stranger' });
    await inSlack().getByText('you are Bob').waitFor({ state: 'detached', ...SOON });
    await inTelegram().getByLabel('Say in Telegram').fill('/whoami');
    await page.keyboard.press('Enter');
    await inTelegram().getByText('you are Ann, approver').waitFor(SOON);
  });

  it('asks in both when the shop breaks, and who may not decide is told so', { timeout: 150_000 }, async () => {
    await page.getByLabel('Fault').selectOption('bad-release');
    await page.getByRole('button', { name: 'Break the shop' }).click();
    await inTelegram().getByRole('button', { name: 'Roll back' }).waitFor(STORY);
    await inSlack().getByRole('button', { name: 'Roll back' }).click(STORY);
    await page.getByRole('dialog').getByText(/really roll back to [0-9a-f]{7}/).waitFor(SOON);
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await inSlack().getByText(/belongs to nobody who is known here/).waitFor(SOON);
  });

  it('stands on a phone without scrolling sideways', async () => {
    const wide = await page.evaluate<number[]>("[...document.querySelectorAll('.messages')].map((one) => one.scrollWidth - one.clientWidth).concat(document.documentElement.scrollWidth - innerWidth)");
    expect(Math.max(...wide)).toBe(0);
  });

  it('asks once more in Telegram, and both cards say the end', { timeout: 150_000 }, async () => {
    await inTelegram().getByRole('button', { name: 'Roll back' }).click(SOON);
    await inTelegram().getByRole('button', { name: 'Really: Roll back?' }).waitFor(SOON);
    await inTelegram().getByRole('button', { name: 'Yes' }).click();
    await page.locator('#toast, dialog').getByText(/your yes counts/).waitFor(SOON);
    await inSlack().getByRole('heading', { name: /is good again/ }).waitFor(STORY);
    await inTelegram().getByText(/is good again/).first().waitFor(STORY);
    expect(await page.getByRole('button', { name: 'Roll back' }).count()).toBe(0);
    expect(said).toEqual([]);
  });
});
