import type { ZodType } from 'zod';
import type { Json } from '../../src/domain/json.js';
import type { Prepared, Refusal, Risk } from '../../src/domain/plan.js';
import type { Release } from '../../src/domain/release.js';
import type { ResourceId } from '../../src/domain/ids.js';
import type { ResourceKind } from '../../src/domain/resource.js';
import type { Io } from '../../src/io/io.js';
import type { AppPast, UsedDatabase } from '../release/preflight/check.js';
import type { SmokeCheck } from '../release/smoke.js';

export type { SmokeCheck };

/** before: not done yet · after: done · moving: under way, look again soon · unknown: cannot be told. */
export type StepPosition = 'before' | 'after' | 'moving' | 'unknown';

/** What the steps before this one returned, by step name. */
export type Receipts = Readonly<Record<string, Json>>;

export interface Step {
  readonly name: string;
  readonly timeoutMs: number;
  /** Pre-check, crash recovery and confirmation in one. */
  state(witness: Json, receipts: Receipts, io: Io): Promise<StepPosition>;
  /** Called only from 'before', conditional on the witness; it makes no choice. Returns its receipt. */
  act(witness: Json, receipts: Receipts, io: Io, signal: AbortSignal): Promise<Json>;
  /** Called only while `state` is not 'before'; after a crash in its middle it is called again, and does what is left. */
  undo?(receipt: Json, io: Io, signal: AbortSignal): Promise<void>;
  /**
   * done: it is undone only where a later step fails, and stands once all are done, whatever is measured then. Without
   * it, it is also undone when fresh readings show that it did not help.
   */
  readonly undoUntil?: 'done';
}

/** What a repair is told of its target; read from config and ledger, never from outside. */
export interface RepairTarget {
  readonly id: ResourceId;
  readonly kind: ResourceKind;
  readonly name: string;
  /** How a server is reached, user and password in it: it may stand in nothing that is prepared, noted or thrown. Null: not by an address. */
  readonly url: string | null;
  /** What its part of the config says beside the address; of an app, its `limiters`. */
  readonly options: Readonly<Record<string, Json>>;
  /** Apps that use it, with their PM2 process names, and what the config says that keys of their rate limiters begin with. */
  readonly users: readonly { readonly name: string; readonly processes: readonly string[]; readonly limiters: readonly string[] }[];
  /** Servers that it uses, each by an address as secret as its own, and the other apps that use it too. */
  readonly uses: readonly { readonly id: ResourceId; readonly kind: ResourceKind; readonly name: string; readonly url: string | null; readonly sharedBy?: RepairTarget['users'] }[];
  /** PM2 process names that make up the app. */
  readonly processes: readonly string[];
  readonly release: {
    readonly mode: 'releases' | 'in-place';
    /** Absolute base directory: holds `releases/` and `current`, or is the working tree. */
    readonly dir: string;
    /** Absolute path of the git repository releases are built from; null: only kept directories can be gone to. */
    readonly repo: string | null;
    /** Files, relative to a release, that count as its configuration. */
    readonly configFiles?: readonly string[];
    /** How a release is started for a look before it goes live; its environment may hold secrets, as `url` does. Absent: not declared. */
    readonly smoke?: SmokeCheck;
  } | null;
  readonly running: Release | null;
  /** Every release known of the app, newest first. */
  readonly ledger: readonly Release[];
  /** Of an app: the databases it uses, and its past. */
  readonly databases?: readonly UsedDatabase[];
  readonly past?: AppPast;
  /** Names of the checks that must be good again. */
  readonly checks: readonly string[];
  readonly settleMs: number;
}

/** One thing that can be done, as code. */
export interface Repair<A> {
  readonly kind: string;
  /** Of what kind its targets are. */
  readonly target: ResourceKind;
  /** It stands in ladders of this kind of resource too: what ails one is mended at a target that uses it. */
  readonly mends?: ResourceKind;
  readonly summary: string;
  /** What it will not do, for people: 'in fork mode', 'queue, session and lock keys'. */
  readonly refuses: string;
  readonly args: ZodType<A>;
  readonly risk: Risk;
  /** Reads only. What it returns leaves no choice to the steps. */
  prepare(target: RepairTarget, args: A, io: Io, signal: AbortSignal): Promise<Prepared | Refusal>;
  /** The same steps, in the order of `Prepared.does`, made again from what was prepared (after a crash too). */
  steps(target: RepairTarget, args: A, prepared: Prepared): readonly Step[];
}
