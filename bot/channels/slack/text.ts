import { cleanLine } from '../../../src/cards/clean.js';

/**
 * For strings that Slack parses (mrkdwn, the fallback text): without it `<!channel>` in a log line rings everybody's
 * phone. The ampersand comes first, or the other two would be escaped twice.
 */
export function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** The other way round, in the other order; for text that comes from Slack. */
export function unescapeText(text: string): string {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}

const MAX_LENGTH = 1_000;

/** The words of a command as a person typed them: the mention of the bot taken out, and links reduced to what was typed. */
export function words(text: string, botUserId: string | null): string {
  const unmentioned = botUserId === null ? text : text.replace(new RegExp(`<@${botUserId}(\\|[^>]*)?>`, 'g'), ' ');
  const typed = unescapeText(unmentioned.replace(/<((?:https?|mailto):[^|>]*)(?:\|([^>]*))?>/g, (_, address: string, label?: string) => label ?? address));
  return cleanLine(typed.slice(0, MAX_LENGTH));
}
