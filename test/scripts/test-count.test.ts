import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/io/package-root.js';

// Plain JavaScript without types, because it runs before anything is installed.
const { closingLine, countResults } = (await import(pathToFileURL(join(packageRoot(), 'scripts', 'test-count.mjs')).href)) as {
  closingLine(counts: object): string;
  countResults(report: object | null, code: number): object;
};

const passedFile = { status: 'passed', assertionResults: [{ status: 'passed' }] };

function report(over: object): object {
  return { numPassedTests: 3, numFailedTests: 0, numPendingTests: 2, numTodoTests: 0, testResults: [passedFile], ...over };
}

describe('the closing line of a test run', () => {
  it.each([
    ['no report at all', null, 1, '0 passed, 1 failed, 0 skipped'],
    ['a file that could not be loaded', report({ testResults: [passedFile, { status: 'failed', assertionResults: [] }] }), 1, '3 passed, 1 failed, 2 skipped'],
    ['an error outside of any test', report({}), 1, '3 passed, 1 failed, 2 skipped'],
    ['failed tests', report({ numFailedTests: 2, testResults: [{ status: 'failed', assertionResults: [{ status: 'failed' }] }] }), 1, '3 passed, 2 failed, 2 skipped'],
    ['all well', report({}), 0, '3 passed, 0 failed, 2 skipped'],
  ])('%s', (_what, given, code, line) => {
    expect(closingLine(countResults(given, code))).toBe(line);
  });
});
