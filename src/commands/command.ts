import type { ZodType } from 'zod';
import type { Card } from '../cards/card.js';
import type { HostId, IncidentId, PlanId, ResourceId } from '../domain/ids.js';
import type { Json } from '../domain/json.js';
import type { Person, Platform, Role } from '../domain/person.js';
import type { Risk } from '../domain/plan.js';
import type { ResourceKind } from '../domain/resource.js';
import type { Tier } from '../domain/tiers.js';
import type { Policy } from '../policy/policy.js';
import type { Store } from '../store/store.js';

/** How a command's words become its arguments. */
export interface WordsSpec {
  /** Names of the words that stand by their place, in order; those the schema lets be absent come last. */
  readonly positionals: readonly string[];
  /** By their name as typed, without '--'; `--dry-run` becomes the argument `dryRun`. */
  readonly flags: Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly about: string }>>;
}

/** What only the monitor can do, asked of it. */
export interface Wish {
  readonly verb: string;
  readonly resourceId: ResourceId | null;
  readonly args: Json;
}

export interface RepairKind {
  readonly kind: string;
  /** Of what kind its targets are. */
  readonly target: ResourceKind;
  readonly summary: string;
  /** What it will not do, for people. */
  readonly refuses: string;
  readonly risk: Risk;
  /** What `--with` takes for it: 'table=…', and in brackets what may be left out. */
  readonly takes: readonly string[];
}

/** A patch to be written that takes one commit of an app back to another. */
export interface RevertJob {
  readonly app: string;
  readonly from: string;
  readonly to: string;
  readonly why: string;
  /** The file, as typed. */
  readonly into: string;
}

/** Who speaks, from where, and what a command may use. */
export interface Context {
  readonly store: Store;
  readonly hostId: HostId;
  /** Null for an account that belongs to nobody who is known. */
  readonly person: Person | null;
  readonly via: Platform;
  /** The platform's own id of the account. */
  readonly userId: string;
  /** True in a terminal that nobody is named for: the user hypercare runs as is an approver there. */
  readonly unnamed?: boolean;
  /** Equal for every redelivery of the same act of speech. */
  readonly nonce: string;
  /** IANA name of the zone times are shown in. */
  readonly timeZone: string;
  readonly tiers: readonly Tier[];
  /** How long after a deploy or a repair no reading counts. */
  readonly settleMs: number;
  /** The rules this process has read; the monitor that decides may have been started with others. */
  readonly policy: Policy;
  /** Reads a policy from a file, with what it lacks from the configuration in use; absent where no file may be named. */
  readPolicy?(file: string): Promise<Policy>;
  /** Writes it from the app's repository, which is only read; absent where no file may be named. */
  writeRevert?(job: RevertJob): Promise<{ readonly bytes: number }>;
  /** The file beside the store in which the audit trail's end stands; absent where only commands of chats are spoken. */
  readonly auditAnchor?: string;
  /** The freeze file, where this process can see it: what it holds is shown even without a monitor. */
  readonly freezeFile?: string;
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Wakes the monitor after something was written for it. */
  poke(): Promise<void>;
  /**
   * Puts a request and waits for the monitor's answer. Throws `monitor.down` when nobody takes it in time, and then it
   * is withdrawn: nothing will be done. Throws what the monitor refused it with.
   */
  ask(wish: Wish): Promise<Json>;
  /** Where a browser finds the dashboard; null or absent: there is none. */
  readonly dashboardAt?: string | null;
  /** True where nobody but the speaker reads what is answered. */
  readonly privately?: boolean;
  /** The repairs there are; null where this process cannot know. */
  repairs(): Promise<readonly RepairKind[] | null>;
}

/** A JSON document that scripts may rely on. */
export type Document = { readonly version: 1 } & { readonly [key: string]: Json };

/** 0: good · 1: findings, or something is left for people · 2: usage or config · 3: could not be checked or done. */
export type Exit = 0 | 1 | 2 | 3;

export interface Result {
  readonly data: Document;
  readonly card: Card;
  readonly exit: Exit;
  /** What a terminal writes in place of the card: a document of another form that was asked for. */
  readonly text?: string;
  /** What --json writes in place of `data`, one document a line, for what may be too long to hold at once. */
  readonly lines?: AsyncIterable<Document>;
  /** What goes on after the command has ended, for a terminal that follows along. */
  readonly follow?: { readonly incidentId: IncidentId; readonly planId: PlanId | null };
}

/** A verb a person can use, the same in every place. It reads, or writes a request or an answer. */
export interface Command<A> {
  readonly name: string;
  readonly summary: string;
  /** Its words: 'rollback <app> [--to <release>]'. */
  readonly usage: string;
  readonly examples: readonly string[];
  /** Who may use it; null: anybody, strangers too. */
  readonly role: Role | null;
  /** True for what is not said in chats. */
  readonly terminalOnly?: boolean;
  /** True for what tells the policy this process has read: of a configuration with mistakes there is none. */
  readonly readsPolicy?: boolean;
  readonly words: WordsSpec;
  readonly args: ZodType<A>;
  run(args: A, ctx: Context): Promise<Result>;
}
