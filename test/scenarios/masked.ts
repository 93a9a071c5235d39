/** What differs from run to run, in words: hashes, ids, paths of this run, clocks, and how long things took. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{64}\b|(?<=plan hash )[0-9a-f]{12}\b/g, '‹hash›'],
  [/\/[^\s“”"]*\/hypercare-(?:shop|watched)-\w+/g, '‹dir›'],
  [/\/[^\s“”"]*\/hc-(?:pm2|git)-\w+/g, '‹dir›'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:‹port›'],
  [/\b[01][0-9a-hjkmnp-tv-z]{16}\b/g, '‹id›'],
  // Whether it was over within the minute.
  [/(Lasted [^,]+), at (\S+(?: \w{3} \S+)? UTC)\./g, '$1, from $2 to $2.'],
  [/, just now\b/g, ', a while ago'],
  [/incident [0-9a-z]{6}\b/g, 'incident ‹id›'],
  [/(?:\d+ \w{3} |\d{4}-\d\d-\d\d )?\d\d:\d\d UTC/g, '‹clock›'],
  [/(?<!at most )\b\d+(?:\.\d+)? (?:ms|s)\b/g, 'a while'],
  [/\b\d+ (checks|readings) in a row\b/g, 'some $1 in a row'],
  // Whether an app's processes began anew in the midst of it hangs on how fast the machine is.
  [/\bstill so after a while\b/g, 'some checks in a row over a while'],
  [/to \d+ liveness checks/g, 'to some liveness checks'],
  [/× \d+/g, '× some'],
  [/in the \d+ readings/g, 'in the readings'],
  // Whether the last worker of the release before answered the first reading is chance.
  [/It was bad from the first reading, ([^.;]+ went live); counted after [^.;]+ settle\./g, 'It began $1.'],
];

export function masked(text: string): string {
  return MASKS.reduce((soFar, [pattern, words]) => soFar.replace(pattern, words), text);
}
