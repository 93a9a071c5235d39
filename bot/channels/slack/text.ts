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

/**
 * The words of a command as a person meant them: the mention of the bot taken out, links reduced to what was typed,
 * and the quotes and dashes that phones make curly set straight ('—' was typed as '--').
 */
export function words(text: string, botUserId: string | null): string {
  const unmentioned = botUserId === null ? text : text.replace(new RegExp(`<@${botUserId}(\\|[^>]*)?>`, 'g'), ' ');
  const straight = unescapeText(unmentioned.replace(/<((?:https?|mailto):[^|>]*)(?:\|([^>]*))?>/g, (_, address: string, label?: string) => label ?? address))
    .replace(/[\u2018\u2019\u201a\u201b]/g, "'")
    .replace(/[\u201c\u201d\u201e\u201f]/g, '"')
    .replace(/\u2014/g, '--')
    .replace(/[\u2010-\u2013\u2212]/g, '-')
    .slice(0, MAX_LENGTH);
  return cleanLine(straight);
}
