/** A real Chromium, headless, with nothing of its own to say to the network. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { processEnv } from '../../src/config/env.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Why there is none here, for the name of what is skipped; null: there is one. */
export const noBrowser = missing();

export async function openBrowser(): Promise<Browser> {
  const executablePath = found();
  if (executablePath === null) throw new Error('there is no Chromium');
  return chromium.launch({ executablePath, args: QUIET });
}

function missing(): string | null {
  const without = (processEnv()['HYPERCARE_TEST_WITHOUT'] ?? '').split(',').map((name) => name.trim());
  if (without.includes('chromium')) return 'chromium is left out by HYPERCARE_TEST_WITHOUT';
  return found() === null ? 'chromium is not installed' : null;
}

function found(): string | null {
  const dirs = (processEnv()['PATH'] ?? '').split(delimiter).filter(Boolean);
  return dirs.flatMap((dir) => NAMES.map((name) => join(dir, name))).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
