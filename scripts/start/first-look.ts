import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/io/clock.js';
import { createExec, type ExecResult } from '../../src/io/exec.js';
import { packageRoot } from '../../src/io/package-root.js';
import type { Place } from './place.js';

/** What `hypercare status --json` says of one app; only what is told at the end of a start. */
export interface AppLook {
  readonly app: string;
  readonly verdict: string;
  readonly release: string | null;
  readonly openIncidents: number;
  /** Was each of its checks measured at least once? */
  readonly looked: boolean;
}

export interface Seen {
  readonly kind: 'seen';
  readonly apps: readonly AppLook[];
}

export type FirstLook =
  | Seen
  /** Why nothing can be said: the status command is missing, or the monitor did not look in time. */
  | { readonly kind: 'blind'; readonly why: string };

const LOOK_WITHIN_MS = 60_000;
const ASK_EVERY_MS = 1_000;
const ASK_WITHIN_MS = 15_000;

/**
 * Waits until the monitor has looked at every app once, and says what it saw; an app it did not get to is told as
 * unknown. While nothing can be told, `alive` is asked, which throws where monitor or bot do not stay up.
 */
export async function firstLook(place: Place, alive: () => Promise<void>): Promise<FirstLook> {
  const main = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');
  if (!existsSync(main)) return { kind: 'blind', why: 'the command "hypercare status" is not built into this version' };
  const deadline = systemClock.monotonic() + LOOK_WITHIN_MS;
  for (;;) {
    const look = await ask(place);
    const settled = look.kind === 'seen' && look.apps.every((app) => app.looked);
    if (look.kind === 'blind') await alive();
    if (settled || systemClock.monotonic() >= deadline) return look;
    await systemClock.sleep(ASK_EVERY_MS);
  }
}

/** Would a rollback of that app have somewhere to go? Its plan is asked for; nothing is done. */
export async function hasWayBack(place: Place, app: string): Promise<boolean> {
  const answer = await hypercare(place, ['rollback', app, '--plan', '--json']);
  return isPlan(answer.stdout);
}

/** Exported for its test: a plan is one also where policy would not let it be done. */
export function isPlan(text: string): boolean {
  try {
    return (JSON.parse(text) as { readonly plan?: unknown } | null)?.plan !== undefined;
  } catch {
    return false;
  }
}

function hypercare(place: Place, words: readonly string[]): Promise<ExecResult> {
  const bin = join(packageRoot(), 'bin', 'hypercare.js');
  const env = { HYPERCARE_CONFIG: place.config, HYPERCARE_HOME: place.dataDir };
  return createExec().run(process.execPath, [bin, ...words], { cwd: packageRoot(), env, timeoutMs: ASK_WITHIN_MS });
}

async function ask(place: Place): Promise<FirstLook> {
  const answer = await hypercare(place, ['status', '--json']);
  return readStatus(answer.stdout) ?? { kind: 'blind', why: readError(answer.stdout) ?? (answer.stderr.trim().slice(-300) || 'the status could not be read') };
}

/** What a command that failed says of it in JSON; null where it says nothing. */
export function readError(text: string): string | null {
  try {
    const message = (JSON.parse(text) as { readonly error?: { readonly message?: unknown } } | null)?.error?.message;
    return typeof message === 'string' ? message : null;
  } catch {
    return null;
  }
}

/** Null where the text is no status document, or one without apps. */
export function readStatus(text: string): FirstLook | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const apps = (document as { readonly apps?: unknown } | null)?.apps;
  return Array.isArray(apps) && apps.length > 0 ? { kind: 'seen', apps: apps.map(lookOf) } : null;
}

function lookOf(raw: unknown): AppLook {
  const { app, verdict, release, incidents, checks } = (raw ?? {}) as Readonly<Record<string, unknown>>;
  return {
    app: String(app),
    verdict: typeof verdict === 'string' ? verdict : 'unknown',
    release: typeof release === 'string' ? release : null,
    openIncidents: Array.isArray(incidents) ? incidents.length : 0,
    looked: Array.isArray(checks) && checks.length > 0 && checks.every(wasMeasured),
  };
}

function wasMeasured(check: unknown): boolean {
  return typeof (check as { readonly verdict?: unknown } | null)?.verdict === 'string';
}
