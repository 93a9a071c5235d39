import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { completion, SHELLS } from '../../../src/cli/completion.js';
import { OWN_VERBS } from '../../../src/cli/usage.js';
import { commands } from '../../../src/commands/index.js';

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;

/** What bash offers for these words, the last of which is half typed. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `${completion(['bash'])}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hypercare; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const ran = spawnSync('bash', ['-c', script, 'bash', 'hypercare', ...words], { encoding: 'utf8' });
  expect(ran.stderr).toBe('');
  return ran.stdout.split('\n').filter((line) => line !== '');
}

describe('completion', () => {
  it.each(SHELLS)('for %s knows every command and flag there is', (shell) => {
    const script = completion([shell]);
    for (const { name, words } of [...commands, ...OWN_VERBS]) {
      expect(script).toContain(name);
      for (const flag of Object.keys(words.flags)) expect(script).toContain(shell === 'fish' ? ` -l ${flag} ` : `--${flag}`);
    }
  });

  it('completes in a real bash', () => {
    expect(offered('roll')).toEqual(['rollback']);
    expect(offered('')).toEqual([...commands, ...OWN_VERBS].map(({ name }) => name));
    expect(offered('report', '--h')).toEqual(['--html', '--help']);
    expect(offered('telegram', 'p')).toEqual(['pair']);
    expect(offered('rollback', 'shop', '--pl')).toEqual(['--plan']);
    expect(offered('help', 'stat')).toEqual(['status']);
  });

  it.each(SHELLS.filter(has))('for %s is a script that this shell can read', (shell) => {
    const ran = spawnSync(shell, ['-n'], { input: completion([shell]), encoding: 'utf8' });
    expect([ran.status, ran.stderr]).toEqual([0, '']);
  });

  it('for no shell, and for one that is not known, says which there are', () => {
    expect(() => completion([])).toThrow('names no shell');
    expect(() => completion(['powershell'])).toThrow('is none of bash, zsh, fish');
  });
});
