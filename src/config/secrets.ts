import { inspect } from 'node:util';

const REDACTED = '[REDACTED]';

/** Every secret the product reads, by its environment name. */
export const SECRET_NAMES = ['DATABASE_URL', 'SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_WEBHOOK_URL', 'TELEGRAM_BOT_TOKEN', 'TELEGRAM_CHAT_ID', 'WEBHOOK_URL', 'WEBHOOK_SECRET', 'DISCORD_WEBHOOK_URL', 'TEAMS_WORKFLOW_URL', 'SMTP_PASSWORD', 'APPLICATIONINSIGHTS_CONNECTION_STRING'] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

/** Read one by its name. The object as a whole prints [REDACTED], is spread and copied as empty, and cannot be changed. */
export type Secrets = { readonly [name in SecretName]?: string };

export function makeSecrets(values: Readonly<Partial<Record<SecretName, string>>>): Secrets {
  const secrets: Secrets = {};
  for (const name of SECRET_NAMES) {
    const value = values[name];
    // A getter that is not enumerable: inspecting with showHidden gives no value away either.
    if (value !== undefined) Object.defineProperty(secrets, name, { get: () => value, enumerable: false });
  }
  for (const print of ['toJSON', 'toString', inspect.custom]) {
    Object.defineProperty(secrets, print, { value: () => REDACTED, enumerable: false });
  }
  return Object.freeze(secrets);
}
