import type { IncomingMessage } from 'node:http';
import { systemClock } from '../../src/io/clock.js';
import { Hooks, postToWebhook } from './slack/hooks.js';
import { Messages, type Sight } from './slack/messages.js';
import { People } from './slack/people.js';
import { readAloud } from './slack/reading.js';
import { Refusal } from './slack/refusal.js';
import type { Calling } from './slack/signed.js';
import { Sockets } from './slack/socket.js';
import { Triggers } from './slack/triggers.js';
import { callMethod } from './slack/web-api.js';
import { openWire, readForm, type Answer, type Call, type Fault, type Wire } from './slack/wire.js';
import { TEAM, Workspace } from './slack/workspace.js';

export type { Sight };

const WEBHOOK_PATH = '/services/T0HOME001/B0HOOK001/c3VwZXJzZWNyZXQtd2ViaG9v';

/** Put together here, so that no scanner takes the sources for leaked tokens. */
const BOT_TOKEN = ['xoxb', '100000000001', '200000000002', 'doubleDoubleDoubleDouble'].join('-');
const APP_TOKEN = ['xapp', '1', 'A0APP0001', '300000000003', 'doubledoubledoubledouble'].join('-');

/**
 * A faithful double of Slack on loopback, for the real client: Web API, Socket Mode, response URLs, an incoming
 * webhook, and people who type and press. Each rule names its fact in the chat platforms' list; what is asked here and
 * not known there is Slack's own documentation, and says so.
 */
export class SlackDouble {
  readonly botToken = BOT_TOKEN;
  readonly appToken = APP_TOKEN;
  readonly team = TEAM;
  /** Where the bot posts; it is a member. */
  readonly channel = 'C0OPS0001';
  /** Section 3, item 12: every call, so that a test can say that nothing was sent. */
  readonly calls: Call[] = [];
  readonly workspace = new Workspace();
  readonly sockets = new Sockets();
  readonly scopes = new Set(['chat:write', 'commands', 'users:read', 'channels:read', 'channels:history', 'app_mentions:read', 'im:history', 'groups:history', 'usergroups:read']);
  /** Tokens that Slack knows; deleting one revokes it. */
  readonly tokens = new Set([BOT_TOKEN, APP_TOKEN]);
  readonly messages = new Messages(this.workspace, () => this.now());
  readonly #hooks = new Hooks(this.messages);
  readonly #triggers = new Triggers(() => this.now());
  readonly people = new People({ messages: this.messages, hooks: this.#hooks, triggers: this.#triggers, sockets: this.sockets, origin: () => this.#origin, home: 'C0OPS0001', calls: () => this.calling });
  readonly #faults: { readonly methods: readonly string[]; readonly fault: Fault }[] = [];
  /** HTTP mode: what people say is sent there, signed; null: over the socket. */
  calling: Calling | null = null;
  #wire: Wire | undefined;
  #aheadMs = 0;

  private constructor() {
    this.workspace.addChannel(this.channel);
  }

  static async start(): Promise<SlackDouble> {
    const double = new SlackDouble();
    double.#wire = await openWire({ take: (path, request, body) => double.#take(path, request, body), upgrade: double.sockets.upgrade });
    return double;
  }

  async stop(): Promise<void> {
    this.sockets.stop();
    await this.#wire?.stop();
  }

  get apiUrl(): string {
    return `http://${this.#origin}/api/`;
  }

  get webhookUrl(): string {
    return `http://${this.#origin}${WEBHOOK_PATH}`;
  }

  get #origin(): string {
    if (this.#wire === undefined) throw new Error('the double has not started');
    return this.#wire.origin;
  }

  now(): number {
    return systemClock.now() + this.#aheadMs;
  }

  /** The platform is away: every connection is cut until it is false again. */
  set down(down: boolean) {
    if (this.#wire === undefined) throw new Error('the double has not started');
    this.#wire.down = down;
  }

  /** Moves the double's clock, for response URLs and triggers that expire. */
  advance(ms: number): void {
    this.#aheadMs += ms;
  }

  /** Section 3, item 9: what happens to the next call of any of these methods; one call for each fault. */
  fault(methods: string | readonly string[], fault: Fault): void {
    this.#faults.push({ methods: [methods].flat(), fault });
  }

  /** What everybody sees in the channel, oldest first, as a person reads it. */
  shown(channel: string = this.channel): readonly { readonly text: string; readonly buttons: readonly string[] }[] {
    return this.messages.standing(channel).map(readAloud);
  }

  called(method: string): readonly Call[] {
    return this.calls.filter((call) => call.method === method);
  }

  #take(path: string, request: IncomingMessage, body: string): { readonly fault: Fault | null; readonly answer: () => Answer } {
    const method = path.startsWith('/api/') ? path.slice('/api/'.length) : path.startsWith('/hooks/') ? 'hook' : 'webhook';
    const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
    const args = isForm ? readForm(body) : (JSON.parse(body) as Record<string, unknown>);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
    this.calls.push({ method, token, args, at: this.now() });
    const answer = (): Answer => {
      if (method === 'hook') return this.#hooks.post(path.slice('/hooks/'.length), args);
      if (method === 'webhook') return path === WEBHOOK_PATH ? postToWebhook(this.messages, this.channel, args) : { status: 404, body: 'no_service' };
      // 1.7: nothing is sent as JSON, so the Web API reads forms alone here.
      return isForm ? this.#call(method, token, args) : { status: 200, body: { ok: false, error: 'invalid_form_data' } };
    };
    return { fault: this.#nextFault(method), answer };
  }

  #call(name: string, token: string | null, args: Readonly<Record<string, unknown>>): Answer {
    const back = { messages: this.messages, triggers: this.#triggers, scopes: this.scopes, openSocket: () => `ws://${this.#origin}/link/?ticket=${this.sockets.ticket()}` };
    try {
      // 1.12: the scopes come as a header.
      return { status: 200, body: { ok: true, ...callMethod({ name, token, known: this.tokens }, args, back) }, headers: { 'x-oauth-scopes': [...this.scopes].join(',') } };
    } catch (thrown) {
      if (thrown instanceof Refusal) return { status: 200, body: { ok: false, error: thrown.error, ...thrown.more } };
      throw thrown;
    }
  }

  #nextFault(method: string): Fault | null {
    const at = this.#faults.findIndex(({ methods }) => methods.includes(method));
    return at < 0 ? null : (this.#faults.splice(at, 1)[0]?.fault ?? null);
  }
}
