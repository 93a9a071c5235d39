import type { ChannelConfig } from './config.js';
import type { Complaint } from './issues.js';
import type { ConfigFile } from './schema.js';
import type { Units } from './units.js';
import type { SecretName, Secrets } from './secrets.js';

/** What each channel needs from .env. */
const NEEDS: Readonly<Record<string, readonly SecretName[]>> = {
  slack: ['SLACK_BOT_TOKEN'],
  slack_webhook: ['SLACK_WEBHOOK_URL'],
  telegram: ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_CHAT_ID'],
  webhook: ['WEBHOOK_URL'],
  discord: ['DISCORD_WEBHOOK_URL'],
  teams: ['TEAMS_WORKFLOW_URL'],
  email: ['SMTP_PASSWORD'],
  application_insights: ['APPLICATIONINSIGHTS_CONNECTION_STRING'],
};

/** Where people are told when the file names no channel: the console, and whatever its secrets alone set up. */
export function defaultChannels(units: Units, secrets: Secrets): readonly ChannelConfig[] {
  return Object.entries(units.channels).flatMap(([kind, schema]) => {
    if (!isGiven(NEEDS[kind] ?? [], secrets)) return [];
    const options = schema.safeParse({});
    return options.success && (kind === 'console' || kind in NEEDS) ? [{ kind, options: options.data }] : [];
  });
}

/** Who sets a token expects to be told there; Slack's needs the channel's id too, and a list that is written is meant. */
export function idleSecrets(file: ConfigFile, units: Units, secrets: Secrets): readonly Complaint[] {
  const used = file.channels === undefined ? defaultChannels(units, secrets).map(({ kind }) => kind) : Object.entries(file.channels).flatMap(([kind, options]) => (options === undefined ? [] : [kind]));
  return Object.entries(NEEDS)
    .filter(([kind, names]) => kind in units.channels && !used.includes(kind) && isGiven(names, secrets))
    .map(([kind, names]) => ({ path: ['channels'], message: `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} set, and \`channels\` has no \`${kind}\`: nobody is told there`, onKey: true }));
}

/** Cards would go to the one that the file names, and the other would be believed. Of two that are the same, neither is wrong. */
export function twoChats(file: ConfigFile, secrets: Secrets): readonly Complaint[] {
  const { chat } = (file.channels?.['telegram'] ?? {}) as { readonly chat?: number };
  const other = secrets.TELEGRAM_CHAT_ID?.trim();
  if (chat === undefined || other === undefined || String(chat) === other) return [];
  return [{ path: ['channels', 'telegram', 'chat'], message: 'is another chat than TELEGRAM_CHAT_ID is: keep one of the two', onKey: false }];
}

function isGiven(names: readonly SecretName[], secrets: Secrets): boolean {
  return names.every((name) => secrets[name] !== undefined);
}
