import { asTrouble, type Channel, type Trouble } from '../channel.js';
import type { Slack } from './client.js';
import { slackFailure } from './failure.js';
import { SCOPES } from './manifest.js';

export interface Examine {
  readonly slack: () => Promise<Slack>;
  readonly team: string | undefined;
  /** How people are heard; null: they are not. */
  readonly way: { readonly appToken: string } | { readonly http: unknown } | null;
}

/**
 * What keeps people from being heard, as far as Slack tells without a connection that would take words from the bot that
 * runs: the token's workspace and scopes, and whether the app token may open a socket. None is opened.
 */
export function createExamine({ slack, team, way }: Examine): NonNullable<Channel['examine']> {
  return async () => {
    const client = await slack();
    const self = await client.ask.auth.test().catch((thrown: unknown) => asTrouble(slackFailure(thrown, 'sign in to Slack')));
    if ('why' in self) return [self];
    const granted = self.response_metadata?.scopes;
    return [
      ...(team === undefined || team === self.team_id ? [] : [{ why: `SLACK_BOT_TOKEN belongs to the workspace ${self.team_id}, but \`team\` is ${team}`, mend: 'Correct `team` of the slack channel in hypercare.yaml, or take the token of that workspace.', passes: false }]),
      ...(granted === undefined ? [] : missingScopes(granted)),
      ...(await hearing(client, way)),
    ];
  };
}

function missingScopes(granted: readonly string[]): readonly Trouble[] {
  const missing = Object.entries(SCOPES).filter(([scope]) => !granted.includes(scope));
  if (missing.length === 0) return [];
  return [{
    why: `the bot token lacks ${missing.map(([scope, what]) => `${scope} (${what})`).join(', ')}`,
    mend: 'Take the manifest of “hypercare slack manifest” over under "App Manifest" at api.slack.com/apps, and reinstall the app to the workspace.',
    passes: false,
  }];
}

async function hearing({ bolt, options }: Slack, way: Examine['way']): Promise<readonly Trouble[]> {
  if (way === null) return [{ why: 'it tells and does not hear: SLACK_APP_TOKEN is not set', mend: 'Make an app-level token with the scope connections:write (api.slack.com/apps, "Basic Information"), and copy it (xapp-…) into SLACK_APP_TOKEN in .env.', passes: false }];
  if ('http' in way) return [];
  const client = new bolt.webApi.WebClient(way.appToken, { ...options });
  const opened = await client.apps.connections.open().catch((thrown: unknown) => asTrouble(slackFailure(thrown, 'ask Slack for a socket', 'app')));
  return 'why' in opened ? [opened] : [];
}
