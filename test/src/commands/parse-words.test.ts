import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/commands/command.js';
import { findCommand } from '../../../src/commands/help.js';
import { commands } from '../../../src/commands/index.js';
import { parseWords } from '../../../src/commands/parse-words.js';
import { MAX_LINE_CHARS, splitWords } from '../../../src/commands/split-words.js';
import { HypercareError } from '../../../src/domain/errors.js';

describe('a line becomes words', () => {
  it.each([
    ['', []],
    ['   ', []],
    ['status', ['status']],
    ['  status   shop\n', ['status', 'shop']],
    ['rollback shop --reason "checkout is broken"', ['rollback', 'shop', '--reason', 'checkout is broken']],
    ["rollback shop --reason='checkout is broken'", ['rollback', 'shop', '--reason=checkout is broken']],
    ['rollback shop —reason “it’s broken”', ['rollback', 'shop', '--reason', 'it’s broken']],
    ['rollback shop –plan', ['rollback', 'shop', '--plan']],
    ['restore\u2011point shop', ['restore-point', 'shop']],
    ["rollback shop --reason it's", ['rollback', 'shop', '--reason', "it's"]],
    ['launch shop --reason „Sommer beginnt“', ['launch', 'shop', '--reason', 'Sommer beginnt']],
    ['launch shop --reason “phone opens, keyboard closes"', ['launch', 'shop', '--reason', 'phone opens, keyboard closes']],
    ['launch shop --reason ""', ['launch', 'shop', '--reason', '']],
    ['a"b c"', ['a"b', 'c"']],
    ['status\u00a0shop', ['status', 'shop']],
  ])('%j', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  it.each([
    ['rollback shop --reason "checkout', 'the quote " is not closed'],
    ['x'.repeat(MAX_LINE_CHARS + 1), `a command has at most ${MAX_LINE_CHARS} characters`],
    ['a '.repeat(100), 'a command has at most 60 words'],
  ])('refuses %#: too long, or not closed', (line, message) => {
    expect(() => splitWords(line)).toThrow(message);
  });

  it('gives words back however they are quoted', () => {
    const plain = fc.stringMatching(/^[a-z0-9 .,]{1,20}$/);
    fc.assert(fc.property(fc.array(fc.tuple(plain, fc.constantFrom('"', "'")), { maxLength: 10 }), (parts) => {
      const line = parts.map(([text, quote]) => `${quote}${text}${quote}`).join(' ');
      expect(splitWords(line)).toEqual(parts.map(([text]) => text));
    }));
  });

  it('gives words or a HypercareError for any text whatever', () => {
    fc.assert(fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (line) => {
      try {
        for (const word of splitWords(line)) expect(typeof word).toBe('string');
      } catch (error) {
        expect(error).toBeInstanceOf(HypercareError);
      }
    }));
  });
});

describe('words become arguments', () => {
  const read = (line: string): unknown => {
    const [name = '', ...words] = splitWords(line);
    return parseWords(findCommand(commands, name), words);
  };

  it.each([
    ['status', {}],
    ['STATUS shop', { app: 'shop' }],
    ['repair pm2.reload shop', { repair: 'pm2.reload', target: 'shop', dryRun: false }],
    ['repair --dry-run general shop', { repair: 'general', target: 'shop', dryRun: true }],
    ['repair redis.invalidate cache --with "prefix=page: limit=500"', { repair: 'redis.invalidate', target: 'cache', with: { prefix: 'page:', limit: 500 }, dryRun: false }],
    ['rollback shop --plan', { app: 'shop', plan: true, rehearse: false }],
    ['rollback shop --to=9d1e003 --reason "it is broken"', { app: 'shop', plan: false, to: '9d1e003', rehearse: false, reason: 'it is broken' }],
    ['audit --limit 5', { limit: 5 }],
    ['help -- rollback', { command: 'rollback' }],
  ])('%s', (line, args) => {
    expect(read(line)).toEqual(args);
  });

  it.each([
    ['stauts', 'there is no command “stauts”', 'Did you mean “status”?'],
    ['restorepoint shop', 'there is no command “restorepoint”', 'Did you mean “restore-point”?'],
    ['xyzzy', 'there is no command “xyzzy”', '“help” lists what you may ask.'],
    ['repair pm2.reload', 'repair: <target> is missing', 'Usage: repair <repair|general> <target> [--with name=value] [--dry-run]'],
    ['repair', 'repair: <repair> is missing; <target> is missing', 'for example: repair pm2.reload shop'],
    ['repair redis.invalidate cache --with page:', 'repair: --with: takes name=value, for example prefix=cache:', 'Usage: repair'],
    ['repair pm2.reload shop --dryrun', 'repair: there is no flag --dryrun; did you mean --dry-run?', 'Usage: repair'],
    ['repair pm2.reload shop --dry-run=yes', 'repair: --dry-run takes no value', 'Usage: repair'],
    ['rollback shop', 'rollback: --reason is missing: a rollback carries its reason', 'Usage: rollback'],
    ['rollback shop --reason', 'rollback: --reason needs a value (one that begins with - stands after =)', 'Usage: rollback'],
    ['rollback shop --reason --plan', 'rollback: --reason needs a value (one that begins with - stands after =)', 'Usage: rollback'],
    ['rollback shop --reason " "', 'rollback: --reason is empty', 'Usage: rollback'],
    ['rollback shop --reason it is broken', 'rollback: “is” is one word too many; several words that belong together stand in quotes', 'Usage: rollback'],
    ['status shop blog', 'status: “blog” is one word too many', 'Usage: status [app]'],
    ['restore-point shop', 'restore-point: --reason is missing', 'Usage: restore-point'],
    ['audit --limit lots', 'audit: --limit is not a number', 'Usage: audit'],
    ['audit --limit 0', 'audit: --limit is less than 1', 'Usage: audit'],
    ['audit --limit 1.5', 'audit: --limit is not a whole number', 'Usage: audit'],
    ['audit -x', 'audit: there is no flag -x', 'Usage: audit'],
    ['status --jsn', 'status: there is no flag --jsn; did you mean --json?', 'Usage: status'],
    ['status --json', 'status: --json is for the terminal', 'Usage: status'],
    [`status ${'x'.repeat(201)}`, 'status: <app> is longer than 200 characters', 'Usage: status'],
  ])('%s: what is wrong, and how it goes', (line, message, mend) => {
    const error = (() => {
      try {
        return read(line);
      } catch (thrown) {
        return thrown as HypercareError;
      }
    })();
    expect(error).toBeInstanceOf(HypercareError);
    expect(error).toMatchObject({ message, errorClass: 'invalid', mend: expect.stringContaining(mend) as unknown });
  });

  it('gives arguments or an invalid HypercareError for any words to any command', () => {
    const word = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('--reason', '--to', '--plan', '--dry-run', '--limit', '-', '--', '--=', '-abc', '--__proto__', '--reason=', 'shop'));
    fc.assert(fc.property(fc.constantFrom(...commands), fc.array(word, { maxLength: 8 }), (command: Command<unknown>, words) => {
      try {
        parseWords(command, words);
      } catch (error) {
        expect(error).toBeInstanceOf(HypercareError);
        expect((error as HypercareError).errorClass).toBe('invalid');
      }
    }), { numRuns: 200 });
  });
});
