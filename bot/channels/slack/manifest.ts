import type { webApi } from '@slack/bolt';

/** Slack's own type of a manifest: what its schema does not know does not compile. */
export type SlackManifest = webApi.AppsManifestCreateArguments['manifest'];
type BotScope = NonNullable<NonNullable<NonNullable<SlackManifest['oauth_config']>['scopes']>['bot']>[number];

/** What the bot may do, and what for. README.md explains the same ones. */
export const SCOPES = {
  commands: 'the slash command',
  'chat:write': 'post and edit cards',
  'users:read': 'refuse guests, bots and people of other workspaces',
  'app_mentions:read': '“@hypercare status” in the channel',
  'im:history': 'words said to the bot alone',
  'channels:history': 'find a card whose post was not acknowledged, instead of posting it twice',
  'groups:history': 'the same in a private channel',
  'usergroups:read': 'user groups under “people”',
} as const satisfies Readonly<Partial<Record<BotScope, string>>>;

export interface ManifestWish {
  /** The slash command, with its slash. */
  readonly command: string;
  /** Where Slack calls the bot; null: Socket Mode, in which the bot calls Slack and needs no public address. */
  readonly url: string | null;
}

/** The app as Slack's “From a manifest” takes it: all three addresses of HTTP mode are the same one. */
export function slackManifest({ command, url }: ManifestWish): SlackManifest {
  return {
    display_information: { name: 'hypercare', description: 'Watches apps after they went live, repairs them and asks before it rolls back' },
    features: {
      app_home: { messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: 'hypercare', always_online: true },
      // should_escape: people and channels then arrive as ids, which cannot be forged.
      slash_commands: [{ command, description: 'How the apps are, and what may be done', usage_hint: 'status', should_escape: true, ...(url === null ? {} : { url }) }],
    },
    oauth_config: { scopes: { bot: Object.keys(SCOPES) as (keyof typeof SCOPES)[] } },
    settings: {
      event_subscriptions: { bot_events: ['app_mention', 'message.im'], ...(url === null ? {} : { request_url: url }) },
      interactivity: { is_enabled: true, ...(url === null ? {} : { request_url: url }) },
      org_deploy_enabled: false,
      socket_mode_enabled: url === null,
      token_rotation_enabled: false,
    },
  };
}

/** Opens Slack's page for a new app with the manifest filled in. */
export function manifestLink(manifest: SlackManifest): string {
  return `https://api.slack.com/apps?new_app=1&manifest_json=${encodeURIComponent(JSON.stringify(manifest))}`;
}
