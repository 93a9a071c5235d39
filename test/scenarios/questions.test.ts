import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { systemClock } from '../../src/io/clock.js';
import { actsOn } from '../../src/store/acts.js';
import { openQuestions } from '../../src/store/questions.js';
import type { StartedApp } from '../doubles/pm2-home.js';
import { FRAGILE } from './breaking-apps.js';
import { watchedHome } from './watched-home.js';
import type { Watch } from './watch.js';

const home = watchedHome();

async function askedAbout(name: string): Promise<{ readonly begun: Watch; readonly app: StartedApp }> {
  const app = await home.pm2.startApp({ name, code: FRAGILE, awaitAnswer: true });
  const begun = await home.watch(`apps:
  ${name}:
    url: ${app.url}
    endpoints: [{ path: /a, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
    runbook: { endpoint-failing: [pm2.reload] }
policy:
  default: observe
  rules: [{ name: reloads are asked for, repair: pm2.reload, rung: ask }]
`);
  await begun.steady();
  await fetch(`${app.url}break/a`);
  await begun.asked();
  return { begun, app };
}

const ours = async (begun: Watch) => (await actsOn(begun.store.db, begun.app.id, 0)).filter(({ by }) => by === 'us').map(({ note }) => note);

/** What the terminal says, of the store the monitor is at work on, to a file with another rung for everything. */
async function replays({ dir }: Watch, rung: string): Promise<string> {
  await writeFile(join(dir, 'new.yaml'), `policy: { default: ${rung} }`);
  let said = '';
  const sink = { write: (text: string) => (said += text), columns: 200 };
  await runCli({ argv: ['replay', '--policy', 'new.yaml', '--config', join(dir, 'hypercare.yaml')], env: {}, cwd: dir, home: dir, user: 'tester', timeZone: 'UTC', stdout: sink, stderr: sink, clock: systemClock });
  return said;
}

describe('a question', () => {
  it('whose trouble is over by the time of the yes does nothing, and the card says since when', { timeout: 60_000 }, async () => {
    const { begun, app } = await askedAbout('fickle');
    await fetch(`${app.url}mend/a`);
    await begun.say('approve', 'fickle');
    await begun.incident('resolved');
    expect(await ours(begun)).toEqual([]);
    expect(await begun.card()).toMatchInlineSnapshot(`
      "
      ✓ GOOD  fickle: over after a while: /a: status 500, some checks in a row over a while
        Lasted a while, from ‹clock› to ‹clock›.
        It ended without a repair of ours: good again by itself after a while.

        It began a while after release fickle went live.

        pm2.reload: not done any more: good again by itself after a while

        Asked to do pm2.reload: tester said yes at ‹clock›; already good since ‹clock›, so nothing was done.

        Release  fickle (watching)

        incident ‹id›
      "
    `);
  });

  it('whose trouble is still there is acted on after the yes', { timeout: 60_000 }, async () => {
    const { begun, app } = await askedAbout('steady');
    const { id } = await begun.incident('open');
    expect(await begun.say('policy', 'explain', id)).toContain('by reloads are asked for: the rule “reloads are asked for” asks first.');
    expect(await replays(begun, 'act-and-tell')).toContain('With this policy: 1 × pm2.reload done by itself instead of asked.');
    expect(await replays(begun, 'ask')).toContain('with this policy the one decision would have been the same');
    await begun.say('approve', 'steady');
    await begun.incident('resolved');
    expect(await ours(begun)).toEqual(['pm2.reload']);
    expect((await fetch(`${app.url}a`)).status).toBe(200);
  });

  it('and a person’s wish for the same are one: the wish is the yes', { timeout: 60_000 }, async () => {
    const { begun } = await askedAbout('doubled');
    const [question] = await openQuestions(begun.store.db, begun.monitor.ctx.hostId);
    await begun.say('repair', 'pm2.reload', 'doubled');
    await begun.incident('resolved');
    expect(await ours(begun)).toEqual(['pm2.reload']);
    const asked = await begun.store.db.selectFrom('questions').select(['id', 'state', 'decided_by']).execute();
    expect(asked).toEqual([{ id: question?.id, state: 'approved', decided_by: 'tester' }]);
  });
});
