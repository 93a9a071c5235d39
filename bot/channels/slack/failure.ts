import { HypercareError, errorText } from '../../../src/domain/errors.js';
import { DeliveryDelay } from '../channel.js';

/** What Slack's client throws, as far as it matters here. Told apart by `code`, so that the library need not be loaded. */
interface Thrown {
  readonly code?: string;
  readonly data?: { readonly error?: string; readonly needed?: string };
  readonly statusCode?: number;
  readonly retryAfter?: number;
}

/** For a 429 that does not say how long. */
const UNSAID_DELAY_MS = 30_000;
const MAX_DELAY_MS = 3_600_000;

const TRANSIENT = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org', 'rate_limited', 'ratelimited']);

const INVITE = 'Check `channel` of the slack channel in hypercare.yaml (the id is at the foot of the channel\'s details), and invite the bot there: /invite @hypercare.';
const APP_TOKEN = 'Make an app-level token with the scope connections:write (api.slack.com/apps, "Basic Information"), copy it (xapp-…) into SLACK_APP_TOKEN in .env, and restart.';
const BOT_TOKEN = 'Reinstall the app to the workspace (api.slack.com/apps, "Install App"), copy the bot token (xoxb-…) into SLACK_BOT_TOKEN in .env, and restart.';
const SWAPPED = 'Put the bot token (xoxb-…) into SLACK_BOT_TOKEN and the app-level token (xapp-…) into SLACK_APP_TOKEN in .env, and restart.';
const REPORT = 'This is a fault of hypercare: please report it with this line.';

/** Slack's words for a token that is no good, whichever of the two it was. */
const BAD_TOKEN = new Set(['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'user_removed_from_team']);

const MENDS: Readonly<Record<string, string>> = {
  channel_not_found: INVITE,
  not_in_channel: INVITE,
  is_archived: 'Unarchive the channel, or set another `channel` in hypercare.yaml.',
  restricted_action: 'Allow the bot to post there: channel details, "Settings", "Posting permissions".',
  not_allowed_token_type: SWAPPED,
  team_disabled: 'The workspace is switched off: ask its owner.',
  no_text: REPORT,
  invalid_blocks: REPORT,
  invalid_attachments: REPORT,
  msg_too_long: REPORT,
  msg_blocks_too_long: REPORT,
};

/**
 * Anything thrown by a call to Slack, classified once: a DeliveryDelay where Slack asks to wait, else a HypercareError.
 * transient: no answer, 5xx, Slack's own troubles · permanent: everything that asks for a person's hand.
 * `token` is the one that was shown to Slack.
 */
export function slackFailure(thrown: unknown, doing: string, token: 'bot' | 'app' = 'bot'): HypercareError | DeliveryDelay {
  if (thrown instanceof HypercareError || thrown instanceof DeliveryDelay) return thrown;
  const delayMs = rateLimit(thrown);
  if (delayMs !== null) return new DeliveryDelay(delayMs);
  const { code, data, statusCode } = thrown as Thrown;
  if (code === 'slack_webapi_platform_error') return refused({ cause: thrown, doing, error: data?.error ?? 'unknown_error', needed: data?.needed, token });
  if (code === 'slack_webapi_http_error') return failed(thrown, doing, `Slack answered with status ${statusCode ?? '?'}`, (statusCode ?? 500) >= 500);
  return failed(thrown, doing, errorText(thrown), code === 'slack_webapi_request_error');
}

/** Whether the call may have been carried out although no good answer came back. */
export function mayHaveHappened(thrown: unknown): boolean {
  const { code } = thrown as Thrown;
  return code === 'slack_webapi_request_error' || code === 'slack_webapi_http_error';
}

/** Slack's own word for why it refused, or null where no refusal came back. */
export function refusal(thrown: unknown): string | null {
  const { code, data } = thrown as Thrown;
  return code === 'slack_webapi_platform_error' ? (data?.error ?? 'unknown_error') : null;
}

function rateLimit(thrown: unknown): number | null {
  const { code, retryAfter, data } = thrown as Thrown;
  if (code === 'slack_webapi_rate_limited_error') return Math.min(Math.max(retryAfter ?? 1, 1) * 1_000, MAX_DELAY_MS);
  if (data?.error === 'ratelimited' || data?.error === 'rate_limited') return UNSAID_DELAY_MS;
  // The client has no class of its own for a 429 without a Retry-After it can read.
  return thrown instanceof Error && thrown.message.startsWith('Retry header did not contain') ? UNSAID_DELAY_MS : null;
}

interface Refused {
  readonly cause: unknown;
  readonly doing: string;
  readonly error: string;
  readonly needed: string | undefined;
  readonly token: 'bot' | 'app';
}

function refused(given: Refused): HypercareError {
  const { cause, doing, error } = given;
  if (TRANSIENT.has(error)) return failed(cause, doing, `Slack is in trouble (${error})`, true);
  return new HypercareError('slack.refused', 'permanent', `could not ${doing}: Slack refused it (${error})`, mendOf(given), { cause });
}

function mendOf({ error, needed, token }: Refused): string {
  if (BAD_TOKEN.has(error)) return token === 'app' ? APP_TOKEN : BOT_TOKEN;
  if (error === 'missing_scope') return `Add the scope ${needed ?? 'Slack names'} under "OAuth & Permissions" at api.slack.com/apps, and reinstall the app to the workspace.`;
  return MENDS[error] ?? `Look up "${error}" in Slack's documentation of the method.`;
}

function failed(cause: unknown, doing: string, why: string, transient: boolean): HypercareError {
  const mend = transient ? 'It is tried again by itself. If it lasts, look at status.slack.com and at the way out of this host.' : REPORT;
  return new HypercareError('slack.failed', transient ? 'transient' : 'permanent', `could not ${doing}: ${why}`, mend, { cause });
}
