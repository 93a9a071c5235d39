import type { SecretName, Secrets } from './secrets.js';

interface Shape {
  readonly name: SecretName;
  /** Real ones are far longer than what is asked for here; this finds the ones that were cut, mistyped or made up. */
  readonly isRight: (value: string) => boolean;
  readonly looks: string;
}

const SHAPES: readonly Shape[] = [
  { name: 'SLACK_BOT_TOKEN', isRight: (value) => /^xoxb-[\w-]{20,}$/.test(value), looks: 'the Bot User OAuth Token, xoxb-… with at least 20 more letters, copied whole from “OAuth & Permissions” at api.slack.com/apps' },
  { name: 'SLACK_APP_TOKEN', isRight: (value) => /^xapp-[\w-]{20,}$/.test(value), looks: 'the app-level token, xapp-… with at least 20 more letters, copied whole from “Basic Information” at api.slack.com/apps' },
  { name: 'SLACK_SIGNING_SECRET', isRight: (value) => /^[0-9a-f]{32,64}$/.test(value), looks: '32 of the digits 0-9 and a-f, the “Signing Secret” from “Basic Information” at api.slack.com/apps' },
  { name: 'SLACK_WEBHOOK_URL', isRight: isWebhook, looks: 'https://hooks.slack.com/services/… with three parts behind it, copied whole from “Incoming Webhooks” at api.slack.com/apps' },
  { name: 'TELEGRAM_BOT_TOKEN', isRight: (value) => /^\d+:[\w-]{30,}$/.test(value), looks: 'digits, a colon and at least 30 letters, copied whole from @BotFather (/mybots, API Token)' },
  { name: 'TELEGRAM_CHAT_ID', isRight: (value) => /^-?[1-9]\d{0,15}$/.test(value), looks: 'a whole number like 123456789, or -1001234567890 for a group' },
  { name: 'DISCORD_WEBHOOK_URL', isRight: (value) => isSafeAddress(value) && /\/webhooks\/\d+\/[\w-]+\/?$/.test(new URL(value).pathname), looks: 'https://discord.com/api/webhooks/…, copied whole from the channel’s “Integrations”' },
  { name: 'TEAMS_WORKFLOW_URL', isRight: isSafeAddress, looks: 'https://…, copied whole from the workflow' },
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', isRight: (value) => /(?:^|;)\s*InstrumentationKey=[0-9a-f-]{36}(?:;|$)/i.test(value), looks: 'InstrumentationKey=…;IngestionEndpoint=https://…, copied whole from the overview of the resource' },
  { name: 'WEBHOOK_URL', isRight: isSafeAddress, looks: 'https://… (http on this machine alone)' },
  { name: 'WEBHOOK_SECRET', isRight: (value) => /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/.test(value), looks: 'whsec_ and 24 to 64 random bytes in base64' },
];

/** What can be seen of the channels' secrets without asking anybody: a line for each that cannot be right. It never holds a value. */
export function secretShapes(secrets: Secrets): readonly string[] {
  const [bot, app] = [secrets.SLACK_BOT_TOKEN?.trim(), secrets.SLACK_APP_TOKEN?.trim()];
  const swapped = bot?.startsWith('xapp-') === true || app?.startsWith('xoxb-') === true;
  const crossed = swapped ? ['SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped: the first is xoxb-…, the second xapp-…; nobody is told there'] : [];
  const odd = SHAPES.filter(({ name, isRight }) => secrets[name] !== undefined && !isRight(secrets[name].trim()) && !(swapped && name.startsWith('SLACK_') && name.endsWith('_TOKEN')));
  return [...crossed, ...odd.map(({ name, looks }) => `${name} does not look like one, so nobody would be told there: it should be ${looks}`)];
}

const OWN_HOSTS = ['127.0.0.1', 'localhost', '[::1]'];

function isSafeAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === 'https:' || (protocol === 'http:' && OWN_HOSTS.includes(hostname));
}

/** On this machine alone it may be another's, as a relay of one's own is. */
function isWebhook(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, pathname } = new URL(value);
  if (OWN_HOSTS.includes(hostname)) return protocol === 'http:' || protocol === 'https:';
  return protocol === 'https:' && /^hooks\.slack(-gov)?\.com$/.test(hostname) && /^\/\w+(\/\w+){2,}$/.test(pathname);
}
