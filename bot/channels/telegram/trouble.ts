import { errorText, HypercareError } from '../../../src/domain/errors.js';

/** Why a call did not do what it should, as far as this channel goes on differently. */
export type Trouble =
  /** 429: nothing may be sent before that many milliseconds have passed. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** The message says that already. */
  | { readonly kind: 'unchanged' }
  /** The message to edit is no more. */
  | { readonly kind: 'gone' }
  /** The group is now a supergroup with this id. */
  | { readonly kind: 'migrated'; readonly to: number }
  /** 409: another process polls with this token. */
  | { readonly kind: 'conflict' }
  /** 401 or 404: the token is none, or none any more. */
  | { readonly kind: 'token' }
  | { readonly kind: 'failed'; readonly error: HypercareError };

/** What Telegram asks to wait where it does not say how long. */
const DEFAULT_WAIT_MS = 5_000;

const UNCHANGED = /message is not modified/i;
const GONE = /message to edit not found|message can't be edited|MESSAGE_ID_INVALID/i;

interface Answer {
  readonly error_code: number;
  readonly description: string;
  readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number };
}

/**
 * Classifies whatever the client threw. Its errors may hold the whole address with the token in it (an answer that is not
 * JSON does), so nothing of them goes on but a text without it.
 */
export function troubleOf(thrown: unknown, token: string): Trouble {
  const answer = answerOf(thrown);
  if (answer === null) return unreachable(withoutToken(errorText(thrown), token));
  const description = withoutToken(answer.description, token).slice(0, 300);
  const migratedTo = answer.parameters?.migrate_to_chat_id;
  if (answer.error_code === 429) return { kind: 'wait', ms: (answer.parameters?.retry_after ?? 0) * 1_000 || DEFAULT_WAIT_MS };
  if (answer.error_code === 409) return { kind: 'conflict' };
  if (answer.error_code === 401 || answer.error_code === 404) return { kind: 'token' };
  if (answer.error_code >= 500) return unreachable(`${answer.error_code} ${description}`);
  if (migratedTo !== undefined) return { kind: 'migrated', to: migratedTo };
  if (UNCHANGED.test(description)) return { kind: 'unchanged' };
  if (GONE.test(description)) return { kind: 'gone' };
  return { kind: 'failed', error: refused(answer.error_code, description) };
}

/** The error for a caller that can do nothing about the trouble itself. */
export function errorOf(trouble: Exclude<Trouble, { readonly kind: 'wait' }>): HypercareError {
  switch (trouble.kind) {
    case 'failed':
      return trouble.error;
    case 'token':
      return new HypercareError('telegram.token', 'invalid', 'Telegram does not accept TELEGRAM_BOT_TOKEN', 'Ask @BotFather for the token (/mybots, API Token), put it into .env and start the bot again.');
    case 'conflict':
      return new HypercareError('telegram.conflict', 'transient', 'another process listens with the same TELEGRAM_BOT_TOKEN', 'Stop the other one, or give it a bot of its own from @BotFather.');
    default:
      return new HypercareError('telegram.refused', 'permanent', `Telegram refused the message (${trouble.kind})`);
  }
}

function refused(code: number, description: string): HypercareError {
  if (code === 403) {
    return new HypercareError('telegram.forbidden', 'permanent', `Telegram does not let the bot speak there: ${description}`, 'Add the bot to the chat again, or let the person unblock it and send it /start.');
  }
  if (/chat not found/i.test(description)) {
    return new HypercareError('telegram.chat', 'permanent', `Telegram knows no such chat for this bot: ${description}`, 'Add the bot to the chat, and check TELEGRAM_CHAT_ID: groups have negative ids.');
  }
  return new HypercareError('telegram.refused', 'permanent', `Telegram refused: ${description}`, "Check that the bot may write in the chat; if it may, this is hypercare's fault: report it with this message.");
}

function unreachable(what: string): Trouble {
  return { kind: 'failed', error: new HypercareError('telegram.unreachable', 'transient', `Telegram did not answer: ${what}`, 'If this lasts, check that this host reaches api.telegram.org over HTTPS.') };
}

/** telegraf's TelegramError, known by its form: the class itself would load the library. */
function answerOf(thrown: unknown): Answer | null {
  const response = typeof thrown === 'object' && thrown !== null && 'response' in thrown ? thrown.response : null;
  if (typeof response !== 'object' || response === null) return null;
  const { error_code: code, description } = response as Partial<Answer>;
  return typeof code === 'number' && typeof description === 'string' ? (response as Answer) : null;
}

function withoutToken(text: string, token: string): string {
  return text.replaceAll(token, '[token]').replaceAll(encodeURIComponent(token), '[token]');
}
