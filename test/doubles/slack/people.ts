import { randomUUID } from 'node:crypto';
import type { Hooks } from './hooks.js';
import { asJson, type Message, type Messages, type Sight } from './messages.js';
import { buttonsOf, escapedForPayload } from './reading.js';
import { callOver, type Calling } from './signed.js';
import type { Ack, Envelope, Sockets } from './socket.js';
import type { Triggers } from './triggers.js';
import { until } from './until.js';
import { BOT, TEAM } from './workspace.js';

/** What a person did, and what that person saw of it. */
export interface Deed {
  readonly envelope: Envelope;
  readonly ack: Ack;
  /** Everything this person could see since: what was said to them alone, and to everybody; the text of the ack first. */
  seen(): readonly Sight[];
  /** The same, once there are so many. */
  saw(count?: number): Promise<readonly Sight[]>;
}

export interface Surroundings {
  readonly messages: Messages;
  readonly hooks: Hooks;
  readonly triggers: Triggers;
  readonly sockets: Sockets;
  readonly origin: () => string;
  readonly home: string;
  /** HTTP mode: where Slack calls the app; null: Socket Mode. */
  readonly calls: () => Calling | null;
}

interface Where {
  readonly channel?: string;
  readonly thread?: string;
  /** The workspace the payload names. */
  readonly team?: string;
}

/** People at work in Slack: chat platforms 1.3, 1.5, 1.10. Each deed resolves when it is acknowledged, and fails after 3 s. */
export class People {
  constructor(readonly around: Surroundings) {}

  command(userId: string, line: string, where: Where = {}): Promise<Deed> {
    return this.#deliver(userId, this.commandEnvelope(userId, line, where));
  }

  mention(userId: string, text: string, where: Where = {}): Promise<Deed> {
    return this.#deliver(userId, this.event(userId, { type: 'app_mention', text: `<@${BOT.userId}> ${text}` }, where));
  }

  direct(userId: string, text: string, where: Where = {}): Promise<Deed> {
    const channel = this.around.messages.workspace.directChannel(userId);
    return this.#deliver(userId, this.event(userId, { type: 'message', channel_type: 'im', text }, { ...where, channel }));
  }

  press(userId: string, message: { readonly channel: string; readonly ts: string }, label: string, where: Where = {}): Promise<Deed> {
    return this.#deliver(userId, this.pressEnvelope(userId, message, label, where));
  }

  /** 1.10: the same envelope once more, as after an acknowledgement that was lost. */
  again(deed: Deed, userId: string): Promise<Deed> {
    return this.#deliver(userId, { ...deed.envelope, retry_attempt: 1, retry_reason: 'timeout' });
  }

  deliver(userId: string, envelope: Envelope): Promise<Deed> {
    return this.#deliver(userId, envelope);
  }

  /** `line` is the whole line: '/hypercare status'. */
  commandEnvelope(userId: string, line: string, where: Where = {}): Envelope {
    const [command = '', ...rest] = line.split(' ');
    const channel = where.channel ?? this.around.home;
    const payload = {
      token: 'legacy', team_id: where.team ?? TEAM, team_domain: 'home', channel_id: channel, channel_name: 'ops', user_id: userId, user_name: `${userId.toLowerCase()}-display`, command, text: rest.join(' '),
      api_app_id: BOT.appId, is_enterprise_install: 'false', response_url: this.#hook(channel, userId, null), trigger_id: this.around.triggers.make(),
    };
    return envelope('slash_commands', payload);
  }

  event(userId: string, says: Readonly<Record<string, unknown>>, where: Where = {}): Envelope {
    const ts = this.around.messages.nextTs();
    const event = { user: userId, ts, event_ts: ts, channel: where.channel ?? this.around.home, team: where.team ?? TEAM, ...(where.thread === undefined ? {} : { thread_ts: where.thread }), ...says };
    return envelope('events_api', { token: 'legacy', team_id: TEAM, api_app_id: BOT.appId, type: 'event_callback', event_id: `Ev${randomUUID()}`, event_time: Math.floor(Number(ts)), authorizations: [{ team_id: TEAM, user_id: BOT.userId, is_bot: true }], event });
  }

  /** 1.5: a press on an ephemeral message carries no `message`. */
  pressEnvelope(userId: string, { channel, ts }: { readonly channel: string; readonly ts: string }, label: string, where: Where = {}): Envelope {
    const message = this.around.messages.find(channel, ts);
    const button = message && buttonsOf(message).find(({ text }) => text.text === label);
    if (message === undefined || button === undefined) throw new Error(`there is no button "${label}" at ${channel} ${ts}`);
    const isEphemeral = message.onlyFor !== null;
    const { action_id, value, text, style } = button;
    const payload = {
      type: 'block_actions',
      user: { id: userId, username: userId.toLowerCase(), name: userId.toLowerCase(), team_id: where.team ?? TEAM },
      api_app_id: BOT.appId, token: 'legacy', team: { id: TEAM, domain: 'home' }, enterprise: null, is_enterprise_install: false,
      container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: isEphemeral },
      trigger_id: this.around.triggers.make(),
      channel: { id: channel, name: 'ops' },
      ...(isEphemeral ? {} : { message: escapedForPayload(asJson(message)) }),
      state: { values: {} },
      response_url: this.#hook(channel, userId, message),
      actions: [{ type: 'button', action_id, block_id: 'actions', value, text: escapedForPayload(text), style, action_ts: this.around.messages.nextTs() }],
    };
    return envelope('interactive', payload);
  }

  #hook(channel: string, userId: string, message: Message | null): string {
    return `http://${this.around.origin()}/hooks/${this.around.hooks.make({ channel, userId, message })}`;
  }

  async #deliver(userId: string, sent: Envelope): Promise<Deed> {
    const { sights } = this.around.messages;
    const from = sights.length;
    const ack = await (this.around.calls() === null ? this.around.sockets.send(sent) : callOver(this.around.calls() as Calling, sent, this.around.messages.now()));
    const said = typeof ack.payload['text'] === 'string' ? [{ via: 'ack', channel: this.around.home, onlyFor: userId, ts: null, threadTs: null, broadcast: false, text: ack.payload['text'], buttons: [] } as const] : [];
    const seen = (): readonly Sight[] => [...said, ...sights.slice(from).filter(({ onlyFor }) => onlyFor === null || onlyFor === userId)];
    return { envelope: sent, ack, seen, saw: (count = 1) => until(() => (seen().length >= count ? seen() : null), `${userId} to see ${count} answers to ${sent.type}`) };
  }
}

function envelope(type: Envelope['type'], payload: unknown): Envelope {
  return { envelope_id: randomUUID(), type, payload, accepts_response_payload: type !== 'events_api' };
}
