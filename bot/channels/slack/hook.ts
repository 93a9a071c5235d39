import { HypercareError } from '../../../src/domain/errors.js';
import { DeliveryDelay } from '../channel.js';

const TIMEOUT_MS = 10_000;
const MAX_DELAY_MS = 3_600_000;
const SLACK_HOOKS = new Set(['hooks.slack.com', 'hooks.slack-gov.com']);

export interface HookPost {
  /** From a payload Slack sent. It is a secret: whoever knows it may write in that place. */
  readonly url: string;
  /** Where the Web API was configured to be, whose host is trusted with hooks as well. */
  readonly apiUrl: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Posts to a response URL. Slack's library does this without a deadline. Throws transient, denied or a DeliveryDelay; never with the address. */
export async function postToHook({ url, apiUrl, body }: HookPost): Promise<void> {
  const { protocol, host } = new URL(url);
  const isTrusted = (protocol === 'https:' && SLACK_HOOKS.has(host)) || (apiUrl !== undefined && new URL(apiUrl).host === host);
  if (!isTrusted) throw new HypercareError('slack.foreign_hook', 'denied', `a payload names ${host} as the place for replies, which is not Slack`, 'Find out what sent it: this app token may be known to others.');
  await sendJson(url, body);
}

/** One POST of JSON with a deadline, following no redirect. The status and Slack's word for a refusal, from the answer. */
export async function sendJson(url: string, body: Readonly<Record<string, unknown>>): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (cause) {
    throw new HypercareError('slack.failed', 'transient', 'Slack did not answer a post to a hook', 'It is tried again by itself.', { cause });
  }
  const word = (await answer.text().catch(() => '')).trim().slice(0, 60);
  if (answer.ok) return;
  if (answer.status === 429) throw new DeliveryDelay(delayOf(answer.headers.get('retry-after')));
  // Slack's refusals are one word like no_service; a proxy's page of HTML is nothing for a log line.
  const why = /^[a-z_]+$/.test(word) ? `${answer.status}, ${word}` : String(answer.status);
  const transient = answer.status >= 500;
  throw new HypercareError('slack.hook_refused', transient ? 'transient' : 'permanent', `Slack refused a post to a hook (${why})`, transient ? 'It is tried again by itself.' : 'The hook is gone or used up: make a new one.');
}

function delayOf(header: string | null): number {
  const seconds = Number.parseInt(header ?? '', 10);
  return Number.isNaN(seconds) ? 30_000 : Math.min(Math.max(seconds, 1) * 1_000, MAX_DELAY_MS);
}
