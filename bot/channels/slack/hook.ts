import { HypercareError } from '../../../src/domain/errors.js';
import { postHttp, type HttpParts, type Receiver } from '../post-http.js';

const SLACK_HOOKS = new Set(['hooks.slack.com', 'hooks.slack-gov.com']);
const RESPONSE_URL: Receiver = { name: "Slack's address for a reply", mends: { other: 'It holds for half an hour and five replies: say the same again.' } };

export interface HookPost {
  readonly http: HttpParts;
  /** From a payload Slack sent. It is a secret: whoever knows it may write in that place. */
  readonly url: string;
  /** Where the Web API was configured to be, whose host is trusted with hooks as well. */
  readonly apiUrl: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Posts to a response URL. Slack's library does this without a deadline. Throws transient, permanent, denied or a DeliveryDelay; never with the address. */
export async function postToHook({ http, url, apiUrl, body }: HookPost): Promise<void> {
  const { protocol, host } = new URL(url);
  const isTrusted = (protocol === 'https:' && SLACK_HOOKS.has(host)) || (apiUrl !== undefined && new URL(apiUrl).host === host);
  if (!isTrusted) throw new HypercareError('slack.foreign_hook', 'denied', `a payload names ${host} as the place for replies, which is not Slack`, 'Find out what sent it: this app token may be known to others.');
  await postHttp(http, RESPONSE_URL, { url, body });
}
