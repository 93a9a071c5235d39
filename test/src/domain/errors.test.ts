import { expect, it } from 'vitest';
import { errorText } from '../../../src/domain/errors.js';

it('tells the chain of causes, and nothing twice that a wrapper repeats of its cause', () => {
  const cause = new Error('fetch failed', { cause: new Error('getaddrinfo EAI_AGAIN slack.com') });
  expect(errorText(new Error('A request error occurred: fetch failed', { cause }))).toBe('A request error occurred: fetch failed: getaddrinfo EAI_AGAIN slack.com');
  const said = new Error('could not speak: A request error occurred: fetch failed: ECONNREFUSED', { cause: new Error('A request error occurred: fetch failed', { cause: new Error('fetch failed', { cause: new Error('ECONNREFUSED') }) }) });
  expect(errorText(said)).toBe('could not speak: A request error occurred: fetch failed: ECONNREFUSED');
  const ofGit = new Error('the disk is full (fatal: write error: No space left on device)', { cause: 'fatal: write error:\n  No space left on device\n' });
  expect(errorText(ofGit)).toBe('the disk is full (fatal: write error: No space left on device)');
});
