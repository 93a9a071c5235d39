import { commands } from '../commands/index.js';
import type { WordsSpec } from '../commands/command.js';
import { ownWords, OWN_VERBS, wrongWords } from './usage.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** Understood by every verb. */
const EVERYWHERE = ['--json', '--config', '--help', '--offline'];
/** What stands at the first place of verbs that take one of a few words. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  config: ['check'], slack: ['manifest'], telegram: ['pair'], chat: ['test'], completion: SHELLS, demo: ['crash', 'late-crash-loop', 'hang', 'errors', 'slow', 'leak', 'bad-release'],
  help: [...commands, ...OWN_VERBS].map(({ name }) => name),
};

interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly words: WordsSpec;
}

/** A script for the shell, made from the commands there are: it asks nothing of a store, and runs nothing. */
export function completion(words: readonly string[]): string {
  const [shell] = ownWords('completion', words).said;
  const verb = OWN_VERBS.find(({ name }) => name === 'completion') as (typeof OWN_VERBS)[number];
  if (!isShell(shell)) throw wrongWords(verb, shell === undefined ? 'names no shell' : `“${shell.slice(0, 40)}” is none of ${SHELLS.join(', ')}`);
  const verbs: readonly Verb[] = [...commands, ...OWN_VERBS];
  return { bash, zsh, fish }[shell](verbs);
}

function isShell(word: string | undefined): word is Shell {
  return SHELLS.some((shell) => shell === word);
}

function after({ name, words }: Verb): readonly string[] {
  return [...(CHOICES[name] ?? []), ...Object.keys(words.flags).map((flag) => `--${flag}`), ...EVERYWHERE];
}

function bash(verbs: readonly Verb[]): string {
  const cases = verbs.map((verb) => `    ${verb.name}) words='${after(verb).join(' ')}' ;;`).join('\n');
  return `# hypercare completion bash: source this, or put it below /etc/bash_completion.d\n_hypercare() {\n  local words cur=\${COMP_WORDS[COMP_CWORD]}\n  if [ "$COMP_CWORD" -eq 1 ]; then words='${verbs.map(({ name }) => name).join(' ')}'; else case \${COMP_WORDS[1]} in\n${cases}\n    *) words='${EVERYWHERE.join(' ')}' ;;\n  esac; fi\n  COMPREPLY=($(compgen -W "$words" -- "$cur"))\n}\ncomplete -o default -F _hypercare hypercare\n`;
}

function zsh(verbs: readonly Verb[]): string {
  const named = verbs.map(({ name, summary }) => `    '${name}:${quoted(summary).replaceAll(':', '\\:')}'`).join('\n');
  const cases = verbs.map((verb) => `    ${verb.name}) words_of=(${after(verb).join(' ')}) ;;`).join('\n');
  return `#compdef hypercare\n# hypercare completion zsh: put it into a directory of your fpath as _hypercare, or source it\n_hypercare() {\n  local -a verbs words_of\n  verbs=(\n${named}\n  )\n  if (( CURRENT == 2 )); then _describe 'command' verbs; return; fi\n  case $words[2] in\n${cases}\n  esac\n  compadd -a words_of || _files\n}\nif [ "$funcstack[1]" = "_hypercare" ]; then _hypercare "$@"; else compdef _hypercare hypercare; fi\n`;
}

function fish(verbs: readonly Verb[]): string {
  const lines = verbs.flatMap((verb) => [
    `complete -c hypercare -n __fish_use_subcommand -a ${verb.name} -d '${quoted(verb.summary)}'`,
    ...(CHOICES[verb.name] ?? []).map((word) => `complete -c hypercare -n '__fish_seen_subcommand_from ${verb.name}' -a ${word}`),
    ...Object.entries(verb.words.flags).map(([flag, { about }]) => `complete -c hypercare -n '__fish_seen_subcommand_from ${verb.name}' -l ${flag} -d '${quoted(about)}'`),
  ]);
  return `# hypercare completion fish: put it into ~/.config/fish/completions/hypercare.fish\n${[...lines, ...EVERYWHERE.map((flag) => `complete -c hypercare -l ${flag.slice(2)}`)].join('\n')}\n`;
}

/** For single quotes of a shell; a typographic apostrophe needs nothing. */
function quoted(text: string): string {
  return text.replaceAll('\\', '').replaceAll("'", '’');
}
