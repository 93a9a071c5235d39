import type { FoundApp } from './find-apps.js';
import type { Choices } from './draft.js';

/** What is chosen where nobody is asked: everything is watched, nothing is done, the terminal tells. */
export function usualChoices(found: readonly FoundApp[], user: string): Choices {
  return { watch: found.map(({ name }) => name), rung: 'observe', person: { name: user, user }, tell: 'terminal' };
}

/** Four questions, each with a default; null where the person went away (Ctrl-C). */
export async function ask(found: readonly FoundApp[], usual: Choices): Promise<Choices | null> {
  const { group, multiselect, select, text } = await import('@clack/prompts');
  let gone = false;
  const said = await group({
    watch: () => multiselect({
      message: 'Which of the apps PM2 runs shall be watched?', initialValues: [...usual.watch],
      options: found.map((app) => ({ value: app.name, label: app.name, hint: describe(app) })),
    }),
    rung: () => select({
      message: 'What may it do at first?', initialValue: usual.rung,
      options: [{ value: 'observe' as const, label: 'only look, and say what it would do' }, { value: 'ask' as const, label: 'ask before each repair' }],
    }),
    name: () => text({ message: 'Your name, as others shall read it', initialValue: usual.person.name, validate: (name) => (name?.trim() ? undefined : 'A name is needed: it stands beside what you decide') }),
    tell: () => select({
      message: 'Where shall it tell you?', initialValue: usual.tell,
      options: [{ value: 'terminal' as const, label: 'in the terminal (pm2 logs, hypercare status)' }, { value: 'slack' as const, label: 'in Slack too' }, { value: 'telegram' as const, label: 'in Telegram too' }],
    }),
  }, { onCancel: () => void (gone = true) });
  return gone ? null : { watch: said.watch, rung: said.rung, tell: said.tell, person: { name: said.name.trim(), user: usual.person.user } };
}

/** 'http://127.0.0.1:3100, 2 workers, git tree /srv/blog, uses redis'. */
export function describe(app: FoundApp): string {
  return [
    app.url ?? 'no port that speaks HTTP: its process alone is watched',
    ...(app.workers > 1 ? [`${app.workers} workers`] : []),
    app.release === null ? 'not in git' : `${app.release.mode === 'in-place' ? 'git tree' : 'releases in'} ${app.release.dir}`,
    ...(app.servers.length > 0 ? [`uses ${[...new Set(app.servers.map(({ kind }) => kind))].join(' and ')}`] : []),
  ].join(', ');
}
