import type { App, ButtonAction, Receiver } from '@slack/bolt';
import { HypercareError, errorText } from '../../../src/domain/errors.js';
import type { Clock } from '../../../src/io/clock.js';
import type { Logger } from '../../../src/io/log.js';
import type { Hear, NoteHearing, Stop } from '../channel.js';
import type { Slack } from './client.js';
import { dial } from './connection.js';
import { createConversation } from './converse.js';
import { ACTION_PREFIX } from './draw.js';
import type { EditOrder } from './edit-order.js';
import { slackFailure } from './failure.js';
import { createGroups } from './groups.js';
import { fromCommand, fromEvent, fromPress, type Heard } from './heard.js';
import { keepLine } from './line.js';
import { createReceiver, receive, type HttpLine } from './receive.js';
import { createReplies } from './reply.js';
import { createSpeakers } from './speaker.js';

const PING_TIMEOUT_MS = 5_000;

export interface Listen {
  readonly slack: () => Promise<Slack>;
  readonly botToken: string;
  /** How Slack's words come: over a socket that the bot opens, or by requests that Slack signs. */
  readonly way: { readonly appToken: string } | { readonly http: HttpLine };
  readonly apiUrl: string | undefined;
  readonly command: string;
  readonly team: string | undefined;
  readonly order: EditOrder;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Listens to the slash command, mentions, direct messages and our buttons. Resolves once Slack has said hello, or the door is open.
 * Throws `invalid` for a token of another workspace, and what Slack refuses or fails at; nothing is left running then.
 */
export async function listen(settings: Listen, hear: Hear, hearing: NoteHearing): Promise<Stop> {
  const { order, clock, log } = settings;
  const slack = await settings.slack();
  const self = await whoAmI(slack, settings.team);
  const conversation = createConversation({
    hear,
    speaker: createSpeakers({ slack, teamId: self.teamId, clock, log }),
    isIn: createGroups({ slack, clock }),
    reply: createReplies({ slack, apiUrl: settings.apiUrl, order, clock, log }),
    order,
    clock,
    log,
  });
  const wiring = { command: settings.command, botUserId: self.userId, log, take: conversation.take };
  const hangUp = 'http' in settings.way ? await overHttp(slack, self, settings, settings.way.http, wiring) : await overSocket(slack, self, { ...settings, hearing, appToken: settings.way.appToken }, wiring);
  hearing(null);
  log.info({ team: self.teamId, command: settings.command }, 'slack: listening');
  return async () => {
    await hangUp();
    await conversation.settle();
  };
}

async function overSocket(slack: Slack, self: Self, settings: Listen & { readonly appToken: string; readonly hearing: NoteHearing }, wiring: Omit<Wiring, 'app'>): Promise<Stop> {
  const { appToken, hearing, clock, log } = settings;
  // Sockets come and go in line.ts, each with a receiver that is bound to this app.
  const nowhere: Receiver = { init: () => {}, start: async () => {}, stop: async () => {} };
  const app = await createApp(slack, self, settings, nowhere);
  wire({ ...wiring, app });
  return keepLine({ open: () => dial({ slack, app, appToken, pingTimeoutMs: PING_TIMEOUT_MS, clock }), hearing, clock, log });
}

async function overHttp(slack: Slack, self: Self, settings: Listen, http: HttpLine, wiring: Omit<Wiring, 'app'>): Promise<Stop> {
  const receiver = createReceiver(slack, http);
  wire({ ...wiring, app: await createApp(slack, self, settings, receiver) });
  const door = await receive(receiver, http, settings);
  return () => door.close();
}

interface Self {
  readonly teamId: string;
  readonly userId: string;
  readonly botId: string | undefined;
}

async function whoAmI({ ask }: Slack, team: string | undefined): Promise<Self> {
  const { team_id: teamId, user_id: userId, bot_id: botId } = await ask.auth.test().catch((thrown: unknown) => {
    throw slackFailure(thrown, 'sign in to Slack');
  });
  if (teamId === undefined || userId === undefined) throw new HypercareError('slack.failed', 'transient', 'Slack did not say whose token this is', 'It is tried again by itself.');
  if (team !== undefined && team !== teamId) {
    throw new HypercareError('slack.other_team', 'invalid', `SLACK_BOT_TOKEN belongs to the workspace ${teamId}, but \`team\` is ${team}`, 'Correct `team` of the slack channel in hypercare.yaml, or install the app to that workspace and take its token.');
  }
  return { teamId, userId, botId };
}

async function createApp({ bolt, logger, options }: Slack, self: Self, { botToken, log }: Listen, receiver: Receiver): Promise<App> {
  const app = new bolt.App({
    token: botToken,
    botId: self.botId,
    botUserId: self.userId,
    receiver,
    // Initialised by hand: within the constructor a refusal would be a rejection nobody can catch.
    deferInitialization: true,
    tokenVerificationEnabled: false,
    convoStore: false,
    logger,
    clientOptions: { ...options },
  });
  await app.init();
  app.error(async (error) => log.error({ why: errorText(error) }, 'slack: a listener failed'));
  return app;
}

interface Wiring {
  readonly app: App;
  readonly command: string;
  readonly botUserId: string;
  readonly log: Logger;
  readonly take: (heard: Heard) => Promise<void>;
}

/** Each listener acknowledges first and works afterwards: Slack shows an error to the person after three seconds. */
function wire({ app, command, botUserId, log, take }: Wiring): void {
  /** An acknowledgement fails when the socket has just died. What was said was said nevertheless. */
  const acknowledge = async (ack: () => Promise<void>): Promise<void> => {
    await ack().catch((thrown: unknown) => log.warn({ why: errorText(thrown) }, 'slack: could not acknowledge, working on it nevertheless'));
  };
  const listenTo = async (heard: Heard | null): Promise<void> => {
    if (heard !== null) await take(heard);
  };

  app.command(command, async ({ command: said, ack }) => {
    await acknowledge(ack);
    await listenTo(fromCommand(said));
  });
  app.action<ButtonBody>({ type: 'block_actions', action_id: new RegExp(`^${ACTION_PREFIX}`) }, async ({ body, action, ack }) => {
    await acknowledge(ack);
    await listenTo(fromPress(body, action));
  });
  // Events are acknowledged by the library before their listeners run.
  app.event('app_mention', async ({ event, body }) => listenTo(fromEvent(event, body.event_id, botUserId)));
  app.event('message', async ({ event, body }) => {
    if (event.subtype === undefined && event.channel_type === 'im') await listenTo(fromEvent(event, body.event_id, botUserId));
  });
}

type ButtonBody = import('@slack/bolt').BlockAction<ButtonAction>;
