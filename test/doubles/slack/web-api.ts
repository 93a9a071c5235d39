import { asJson, type Args, type Messages } from './messages.js';
import { Refusal } from './refusal.js';
import type { Triggers } from './triggers.js';
import { BOT, TEAM } from './workspace.js';

/** What the methods of the Web API work on. */
export interface Back {
  readonly messages: Messages;
  readonly triggers: Triggers;
  /** Scopes of the bot token; taking one away makes its methods answer missing_scope. */
  readonly scopes: ReadonlySet<string>;
  readonly openSocket: () => string;
}

interface Method {
  /** Chat platforms 1.12: xoxb for the Web API, xapp for apps.connections.open alone. */
  readonly token: 'xoxb-' | 'xapp-';
  readonly scope: string | null;
  readonly run: (args: Args, back: Back) => Args;
}

function web(scope: string | null, run: Method['run']): Method {
  return { token: 'xoxb-', scope, run };
}

/** Chat platforms 1.7: success fields and the errors worth modelling. */
const METHODS: Readonly<Record<string, Method>> = {
  'auth.test': web(null, () => ({ url: 'https://home.slack.com/', team: 'Home', user: 'hypercare', team_id: TEAM, user_id: BOT.userId, bot_id: BOT.botId, is_enterprise_install: false })),
  'apps.connections.open': { token: 'xapp-', scope: null, run: (_, back) => ({ url: back.openSocket() }) },
  'chat.postMessage': web('chat:write', (args, { messages }) => {
    const message = messages.post(args);
    return { channel: message.channel, ts: message.ts, message: asJson(message) };
  }),
  'chat.update': web('chat:write', (args, { messages }) => {
    const message = messages.update(args);
    return { channel: message.channel, ts: message.ts, text: message.text, message: asJson(message) };
  }),
  'chat.postEphemeral': web('chat:write', (args, { messages }) => ({ message_ts: messages.postEphemeral(args).ts })),
  'conversations.info': web('channels:read', (args, { messages }) => ({ channel: { ...channelOf(args, messages), is_private: false, is_ext_shared: false } })),
  // Documentation of conversations.history: newest first; metadata only with include_all_metadata.
  'conversations.history': web('channels:history', (args, { messages }) => {
    const all = [...messages.standing(channelOf(args, messages).id)].reverse().slice(0, Number(args['limit'] ?? 100));
    return { messages: all.map((message) => asJson(args['include_all_metadata'] === 'true' ? message : { ...message, metadata: null })), has_more: false };
  }),
  'users.info': web('users:read', (args, { messages }) => {
    const user = messages.workspace.users.get(String(args['user']));
    if (user === undefined) throw new Refusal('user_not_found');
    return { user };
  }),
  // 1.7, usergroups.users.list: `users` are ids; no_such_subteam.
  'usergroups.users.list': web('usergroups:read', (args, { messages }) => {
    const users = messages.workspace.groups.get(String(args['usergroup']));
    if (users === undefined) throw new Refusal('no_such_subteam');
    return { users };
  }),
  'views.open': web(null, (args, { triggers }) => {
    triggers.use(String(args['trigger_id']));
    return { view: { id: 'V0VIEW001', ...(args['view'] as Args) } };
  }),
};

function channelOf(args: Args, { workspace }: Messages): { readonly id: string } {
  const channel = workspace.channels.get(String(args['channel']));
  if (channel === undefined) throw new Refusal('channel_not_found');
  return channel;
}

/** Runs a method as Slack does: token first, then scope, then the method's own rules. Throws a Refusal. */
export function callMethod({ name, token, known }: { readonly name: string; readonly token: string | null; readonly known: ReadonlySet<string> }, args: Args, back: Back): Args {
  const method = METHODS[name];
  if (method === undefined) throw new Refusal('unknown_method');
  if (token === null) throw new Refusal('not_authed');
  if (!known.has(token)) throw new Refusal('invalid_auth');
  if (!token.startsWith(method.token)) throw new Refusal('not_allowed_token_type');
  if (method.scope !== null && !back.scopes.has(method.scope)) throw new Refusal('missing_scope', { needed: method.scope, provided: [...back.scopes].join(',') });
  return method.run(args, back);
}
