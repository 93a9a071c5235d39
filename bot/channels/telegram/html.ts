// Telegram makes @name and /word of plain text live by itself (a mention notifies, a command is sent on a touch); only <code>
// stops it. Longer than its patterns, so that a path is kept whole: the rest of '/var/log/app.log' would be live again.
const LIVE = /(?<![A-Za-z0-9_])@[A-Za-z0-9_]{2,}|(?<![A-Za-z0-9_/<>])\/[A-Za-z0-9_][^\s<>]*/g;

/**
 * More live words than this in one text, and the whole of it is set as code: Telegram drops formatting beyond about a hundred
 * entities of a message, and then they would be live after all.
 */
const MAX_CODES = 3;

/** The text as Telegram HTML that reads as exactly this text, with nothing in it live. `bold` never nests with code: Telegram forbids it. */
export function toHtml(text: string, style: 'plain' | 'bold' = 'plain'): string {
  const live = [...text.matchAll(LIVE)];
  if (live.length > MAX_CODES) return `<code>${escapeHtml(text)}</code>`;
  let html = '';
  let at = 0;
  for (const match of live) {
    html += `${styled(text.slice(at, match.index), style)}<code>${escapeHtml(match[0])}</code>`;
    at = match.index + match[0].length;
  }
  return html + styled(text.slice(at), style);
}

/** The name, live: it notifies the person of that id, which is digits. */
export function mention(name: string, userId: string): string {
  return `<a href="tg://user?id=${userId}">${escapeHtml(name)}</a>`;
}

function styled(text: string, style: 'plain' | 'bold'): string {
  return style === 'bold' && text !== '' ? `<b>${escapeHtml(text)}</b>` : escapeHtml(text);
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
