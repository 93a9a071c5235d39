import { expect, it } from 'vitest';
import { interpolate, MAX_TEXT_CHARS } from '../../../src/config/interpolate.js';

it('stops growing at the limit, so that a few names with long values cannot fill the memory', () => {
  const { text, problems } = interpolate('${A}'.repeat(1_000), () => 'x'.repeat(10_000));
  expect(text.length).toBeLessThanOrEqual(MAX_TEXT_CHARS);
  expect(problems.map(({ message }) => message)).toEqual([`grows beyond ${MAX_TEXT_CHARS} characters with what its names stand for`]);
});

it('says each name that is not set, and where', () => {
  expect(interpolate('a ${X} b ${Y:-y} c ${Z}', () => undefined)).toEqual({
    text: 'a  b y c ',
    shown: 'a  b y c ',
    problems: [
      { part: '${X}', message: '${X} is not set: put X into .env or the environment, or write ${X:-default}' },
      { part: '${Z}', message: '${Z} is not set: put Z into .env or the environment, or write ${Z:-default}' },
    ],
  });
});
