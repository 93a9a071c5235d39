import { describe, expect, it } from 'vitest';
import { drawPlain } from '../../../src/cards/plain.js';
import type { Result } from '../../../src/commands/command.js';
import { runWords } from '../../../src/commands/run-words.js';
import { commands } from '../../../src/commands/index.js';
import { findCommand } from '../../../src/commands/help.js';
import { commandContract } from '../../contracts/command.js';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest();
const say = sayOn(stage);
const drawn = (result: Result): string => drawPlain(result.card, { width: 80, color: false });

commandContract(findCommand(commands, 'help'));

describe('help', () => {
  it('lists only what the speaker may use', async () => {
    const names = async (who: string | null): Promise<unknown> => ((await say('help', who)).data['commands'] as { name: string }[]).map(({ name }) => name);
    const of = (...roles: readonly unknown[]): readonly string[] => commands.filter(({ role, terminalOnly }) => roles.includes(role) && !terminalOnly).map(({ name }) => name);
    // Vera speaks from Slack, Otto from the terminal.
    expect(await names('Vera')).toEqual(of(null, 'viewer'));
    expect(await names('Otto')).toEqual(commands.filter(({ role }) => role !== 'approver').map(({ name }) => name));
    expect(of(null, 'viewer')).not.toContain('rollback');
    expect(await names(null)).toEqual(['whoami', 'help']);
  });

  it('is shown whole in chats, which show few fields', async () => {
    const { body, fields } = (await say('help', 'Otto', { via: 'slack' })).card;
    expect(fields).toEqual([]);
    expect(body.join('\n').length).toBeLessThan(2_000);
    expect(body.join('\n').split('\n').map((line) => line.split(':')[0])).toEqual(expect.arrayContaining(['status', 'ack', 'rollback', 'whoami', 'help']));
  });

  it('is what no words at all ask for', async () => {
    expect((await runWords([], await stage.as('Vera'))).card.subject).toBe('help');
  });

  it('shows one command, examples first', async () => {
    expect(drawn(await say('help rollback'))).toMatchInlineSnapshot(`
      "i INFO  rollback: take an app back to its last stable release
        For example:
          rollback shop --plan
          rollback shop --reason "checkout is broken"

        Usage: rollback <app> --reason <why> [--to <release>], or rollback <app>
        --plan, or rollback <app> --rehearse

        --to        another release than the newest stable one
        --plan      say exactly what it would do, and do nothing
        --rehearse  build and look at the release it would go to, and do not go there
        --reason    why, for the audit trail

        for everybody from operator on"
    `);
  });

  it.each([
    ['Vera', 'statsu', 'Did you mean “status”? You may say: status,'],
    ['Vera', 'rolback shop', 'You may say: status,'],
    ['Otto', 'ROLBACK shop', 'Did you mean “rollback”? You may say: status,'],
    [null, 'statsu', 'You may say: whoami, help.'],
  ])('is what mistyped words get, with the nearest one and no other than %s may use: %s', async (who, line, mend) => {
    await expect(say(line, who)).rejects.toMatchObject({ code: 'command.unknown', mend: expect.stringContaining(mend) as unknown });
    if (!mend.startsWith('Did you')) await expect(say(line, who)).rejects.not.toMatchObject({ mend: expect.stringContaining('Did you mean') as unknown });
  });

  it('names the nearest command', async () => {
    await expect(say('help rolback')).rejects.toMatchObject({ mend: 'Did you mean “rollback”? “help” lists what you may ask.' });
  });
});
