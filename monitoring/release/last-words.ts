const MOST = 600;
const FIRST = 250;
/** How npm begins the lines of an error, and what in them says nothing of its cause. */
const NPM_ERROR = /^npm (?:error|ERR!) ?/;
const BESIDE_THE_POINT = /^\s+at |^ *[{}]|^\s+\w+: |^A complete log|^If you are behind a proxy|^'proxy' config|^\s*$/;

/**
 * Why a program failed, in one line. Of npm its own lines of the error, without its stack and its advice: the cause
 * stands above them, so that the mere end of what it said would be none. Of what is long, the beginning and the end.
 */
export function lastWords(said: string): string {
  const lines = said.split('\n');
  const ofNpm = lines.filter((line) => NPM_ERROR.test(line)).map((line) => line.replace(NPM_ERROR, '')).filter((line) => !BESIDE_THE_POINT.test(line));
  const words = (ofNpm.length > 0 ? ofNpm.join('; ') : lines.join(' ')).replace(/\s+/g, ' ').trim();
  return words.length <= MOST ? words : `${words.slice(0, FIRST)} … ${words.slice(FIRST - MOST)}`;
}
