// Escape sequences of terminals: CSI ("\u001b[31m") and OSC ("\u001b]0;title\u0007"); what is left of others loses its ESC below.
const TERMINAL_SEQUENCE = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;
const LINE_END = /\r\n?|[\u2028\u2029]/g;
// C0 without tab and newline, DEL, C1, and the marks that turn the direction of text, with which a log line reads as another.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text from outside made fit to be shown anywhere: no control or direction characters, plain newlines, whole characters. */
export function cleanText(text: string): string {
  return text.replace(TERMINAL_SEQUENCE, '').replace(LINE_END, '\n').replace(/\t/g, '  ').replace(CONTROL, '').replace(/\p{Surrogate}/gu, '\ufffd');
}

/** The same on one line. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}

/** At most `max` UTF-16 units, cut between whole characters; what was cut ends in '…'. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 1) return '';
  const kept = text.slice(0, max - 1);
  const splitsPair = /[\ud800-\udbff]$/.test(kept);
  return `${splitsPair ? kept.slice(0, -1) : kept}…`;
}

/** At most `max` bytes of UTF-8, cut between whole characters; what was cut ends in '…'. */
export function cutBytes(text: string, max: number): string {
  const encoder = new TextEncoder();
  // No character has more than three bytes a unit: most texts need no counting.
  if (text.length * 3 <= max || encoder.encode(text).length <= max) return text;
  const { read } = encoder.encodeInto(text, new Uint8Array(Math.max(0, max - 3)));
  return `${text.slice(0, read)}…`;
}
