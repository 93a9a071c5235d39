const MAX_FACTS = 8;
const MAX_VALUE = 200;

/** One of pino's JSON lines as people read it: `2026-11-21 09:15:02 WARN  shop does not answer  check=ping ms=2004`. */
export function logLine(json: string): string {
  const { time, level, msg, ...facts } = JSON.parse(json) as Record<string, unknown>;
  const at = typeof time === 'number' ? new Date(time).toISOString().slice(0, 19).replace('T', ' ') : '';
  const word = String(level).toUpperCase().padEnd(5);
  const pairs = Object.entries(facts).slice(0, MAX_FACTS).map(([key, value]) => `${key}=${show(value)}`);
  return `${[`${at} ${word} ${oneLine(String(msg ?? ''))}`, ...(pairs.length ? [pairs.join(' ')] : [])].join('  ')}\n`;
}

/** Whatever a fact holds, it stays within its line. */
function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const line = oneLine(text);
  const cut = line.length > MAX_VALUE ? `${line.slice(0, MAX_VALUE)}…` : line;
  return typeof value === 'string' && /[\s="]/.test(cut) ? JSON.stringify(cut) : cut;
}

/** Control characters from outside could forge a line or colour a terminal. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
