import { expect, it } from 'vitest';
import { fits } from '../../../src/domain/glob.js';

it.each([
  ['pm2.restart', 'pm2.restart', true], ['pm2.restart', 'pm2.restarts', false], ['*', 'anything', true], ['*', '', true],
  ['pm2.*', 'pm2.reload', true], ['pm2.*', 'pm2.', true], ['pm2.*', 'pm3.reload', false], ['*.reload', 'pm2.reload', true],
  ['a*b*c', 'a-b-c', true], ['a*b*c', 'acb', false], ['a*a', 'a', false], ['shop-*-eu', 'shop-1-eu', true], ['.*', 'xy', false],
])('%s fits %s: %s', (pattern, text, expected) => {
  expect(fits(pattern, text)).toBe(expected);
});
