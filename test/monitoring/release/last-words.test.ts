import { describe, expect, it } from 'vitest';
import { lastWords } from '../../../monitoring/release/last-words.js';

/** As npm 10 says it, the log's path aside. */
const REFUSED = `npm warn Unknown user config "nodedir". This will stop working in the next major version of npm.
npm error code ECONNREFUSED
npm error syscall connect
npm error errno ECONNREFUSED
npm error FetchError: request to http://127.0.0.1:1/left.tgz failed, reason: connect ECONNREFUSED 127.0.0.1:1
npm error     at ClientRequest.<anonymous> (/usr/lib/node_modules/npm/node_modules/minipass-fetch/lib/index.js:130:14)
npm error     at process.processTicksAndRejections (node:internal/process/task_queues:83:21) {
npm error   code: 'ECONNREFUSED',
npm error   port: 1,
npm error }
npm error
npm error If you are behind a proxy, please make sure that the 'proxy' config is set properly.  See: 'npm help config'
npm error A complete log of this run can be found in: /root/.npm/_logs/debug-0.log`;

describe('the last words of a program', () => {
  it('are npm’s own lines of the error, without its stack, its log and its advice', () => {
    expect(lastWords(REFUSED)).toBe('code ECONNREFUSED; syscall connect; errno ECONNREFUSED; FetchError: request to http://127.0.0.1:1/left.tgz failed, reason: connect ECONNREFUSED 127.0.0.1:1');
    expect(lastWords(REFUSED.replaceAll('npm error', 'npm ERR!'))).toContain('; FetchError: request to http://127.0.0.1:1/left.tgz failed');
  });

  it('are all it said where it is not npm', () => {
    expect(lastWords('cp: cannot create directory:\n  No space left on device')).toBe('cp: cannot create directory: No space left on device');
  });

  it('are the beginning and the end of what is long', () => {
    const said = lastWords(`npm error code 1\n${Array.from({ length: 80 }, (_, n) => `npm error compiling file ${n}`).join('\n')}\nnpm error fatal: no such header`);
    expect(said).toMatch(/^code 1; compiling file 0; .* … .*; fatal: no such header$/);
    expect(said.length).toBeLessThan(610);
  });
});
