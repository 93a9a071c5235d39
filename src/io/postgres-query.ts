/**
 * The text of a query without what stands in it: literals become `?`, comments go, and it is one line of at most so many
 * characters. Rather too much goes than too little: whatever is quoted, numbers, and what follows an open quote.
 */
export function saidQuery(text: string, chars: number): string {
  const bare = text
    .replace(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, ' ')
    .replace(/\$(\w*)\$[\s\S]*?(?:\$\1\$|$)/g, '?')
    .replace(/\b[ebxn]?'(?:[^'\\]|''|\\[\s\S])*(?:'|$)/gi, '?')
    .replace(/(?<![\w$"])-?\d[\w.]*/g, '?')
    .replace(/\s+/g, ' ').trim();
  return bare.length > chars ? `${bare.slice(0, chars - 1)}…` : bare;
}
