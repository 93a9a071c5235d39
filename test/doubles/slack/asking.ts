import * as bolt from '@slack/bolt';
import type { SlackDouble } from '../slack.js';

/** Slack's own client with nothing of ours around it: no retries, no log. */
export function clientOf(double: SlackDouble, token: string | undefined = double.botToken): bolt.webApi.WebClient {
  return new bolt.webApi.WebClient(token, { slackApiUrl: double.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, logger: SILENT });
}

export const SILENT: bolt.Logger = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, setName() {}, getLevel: () => bolt.LogLevel.ERROR };

/** Slack's word for why it refused, or 'ok'. */
export async function answerOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'ok',
    (thrown: { data?: { error: string } }) => thrown.data?.error ?? String(thrown),
  );
}

/** Parts of messages to try limits with. */
export const text = (length: number, type = 'plain_text'): { type: string; text: string } => ({ type, text: 'x'.repeat(length) });
export const button = (differs: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({ type: 'button', action_id: 'a', text: text(3), value: 'v', ...differs });
export const actions = (...elements: unknown[]): unknown => ({ type: 'actions', elements });
