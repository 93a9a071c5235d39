import type { AppVerdict } from './app-verdict.js';
import type { Check, Sample } from './check.js';
import type { Debt } from './debt.js';
import type { IncidentSince } from './incident.js';
import type { Launch } from './launch.js';
import type { Question } from './question.js';
import type { Rehearsal } from './rehearsal.js';
import type { Release } from './release.js';
import type { Resource } from './resource.js';

/** How one app is, read at one time. */
export interface AppStatus extends AppVerdict {
  readonly app: Resource;
  /** The release that runs: that of the newest launch. */
  readonly release: Release | null;
  /** The newest launch; `tier` counts from 1, and is null once the launch has ended. `settlesUntil`: no reading counts before; null: all do. */
  readonly launch: (Launch & { readonly tier: number | null; readonly tiers: number; readonly settlesUntil?: number | null }) | null;
  /** The open ones, at the app or at what it needs. */
  readonly incidents: readonly IncidentSince[];
  /** What each of them waits for now, by its id; none where nothing holds it up. */
  readonly waits: Readonly<Record<string, string>>;
  readonly question: Pick<Question, 'id' | 'expiresAt'> | null;
  /** Null: the way back was never rehearsed; absent where nobody asked. */
  readonly rehearsal?: Rehearsal | null;
  /** Of the last seven days. */
  readonly debt: Debt;
  readonly checks: readonly { readonly check: Check; readonly newest: Sample | null }[];
}

/** A monitor says that it lives every ten seconds; a busy one may be late twice. */
const SILENT_MS = 30_000;
/** The bot says so every ten seconds too; the monitor starts it anew after as long. */
const BOT_SILENT_MS = 60_000;

/** Whether anybody is watching at all. */
export interface Watch {
  /** The monitor's last sign of life; null: it has said that it stopped, or has never run. */
  readonly monitorSeenAt: number | null;
  readonly pm2LostAt: number | null;
  /** The bot's last sign of life; null: it was never seen. */
  readonly botSeenAt: number | null;
  /** Since when the disk of the store is full, as the monitor last told; null: it has room. */
  readonly storeFullAt: number | null;
}

export function isWatched({ monitorSeenAt }: Watch, now: number): boolean {
  return monitorSeenAt !== null && now - monitorSeenAt < SILENT_MS;
}

/** Since when the bot is silent; null: it is not, or there never was one. */
export function botSilentSince({ botSeenAt }: Watch, now: number): number | null {
  return botSeenAt !== null && now - botSeenAt > BOT_SILENT_MS ? botSeenAt : null;
}
