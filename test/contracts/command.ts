import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/commands/command.js';
import { commandCard, findCommand } from '../../src/commands/help.js';
import { commands } from '../../src/commands/index.js';
import { parseWords } from '../../src/commands/parse-words.js';
import { splitWords } from '../../src/commands/split-words.js';
import { drawPlain } from '../../src/cards/plain.js';
import { HypercareError } from '../../src/domain/errors.js';

const SUMMARY_CHARS = 80;

/** What every command must do, whatever it asks. */
export function commandContract(command: Command<unknown>): void {
  describe(`${command.name}: the contract of commands`, () => {
    const refusal = (words: readonly string[]): HypercareError => {
      try {
        parseWords(command, words);
      } catch (error) {
        expect(error).toBeInstanceOf(HypercareError);
        return error as HypercareError;
      }
      return expect.unreachable('the words were understood');
    };

    it('is registered once, under its name in any case', () => {
      expect(commands.filter(({ name }) => name === command.name)).toEqual([command]);
      expect(findCommand(commands, command.name.toUpperCase())).toBe(command);
    });

    it('has examples that it understands', () => {
      expect(command.examples.length).toBeGreaterThan(0);
      for (const example of command.examples) {
        const [first, ...words] = splitWords(example);
        expect(first).toBe(command.name);
        expect(() => parseWords(command, words)).not.toThrow();
      }
    });

    it('names itself and all its flags in its usage', () => {
      expect(command.usage.startsWith(command.name)).toBe(true);
      for (const flag of Object.keys(command.words.flags)) expect(command.usage).toContain(`--${flag}`);
    });

    it('says in one line what it is for', () => {
      expect(command.summary.length).toBeLessThanOrEqual(SUMMARY_CHARS);
      expect(command.summary).not.toContain('\n');
    });

    it('tells a word or a flag too many with its usage', () => {
      const most = command.words.positionals.map((name) => name);
      for (const words of [[...most, 'one-more'], ['--no-such-flag'], ['--__proto__=1']]) {
        expect(refusal(words)).toMatchObject({ errorClass: 'invalid', code: 'usage', mend: expect.stringContaining(command.usage) as unknown });
      }
    });

    it('has a help that reads at 40 columns', () => {
      for (const line of drawPlain(commandCard(command), { width: 40, color: false }).split('\n')) expect(line.length).toBeLessThanOrEqual(40);
    });
  });
}
