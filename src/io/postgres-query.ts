/**
 * From left to right, because a comment may stand in a text and a text in a comment: comments, texts between dollars,
 * texts with and without escapes (what is open at the end goes to the end), quoted names, numbers.
 */
const PARTS = /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(\$(\w*)\$[\s\S]*?(?:\$\3\$|$)|\be'(?:[^'\\]|''|\\[\s\S])*(?:'|$)|(?:\b[bxnu]&?)?'(?:[^']|'')*(?:'|$))|("[^"]*(?:"|$))|(?<![\w$.])-?(?:\d[\w.]*|\.\d[\w.]*)/gi;

/** The text of a query without what stands in it: values become `?`, comments go, and it is one line of at most so many characters. */
export function saidQuery(text: string, chars: number): string {
  const bare = text.replace(PARTS, (_part, comment: string | undefined, _text, _tag, name: string | undefined) => (comment !== undefined ? ' ' : (name ?? '?')));
  const line = bare.replace(/\s+/g, ' ').replace(/ ,/g, ',').trim();
  return line.length > chars ? `${line.slice(0, chars - 1)}…` : line;
}
