import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { countRestarts } from '../../../src/policy/budget.js';
import { actsOn } from '../../../src/store/acts.js';
import { until } from '../../doubles/pm2-home.js';
import { watchedHome } from '../watched-home.js';

/** Well for as long as PM2 tolerates early deaths, and then it dies again and again: PM2 never gives up on it. */
const MORTAL = `
const { existsSync } = require('node:fs');
require('node:http').createServer((request, response) => response.end('ok')).listen(Number(process.env.PORT), '127.0.0.1');
setInterval(() => existsSync(process.env.CURSE) && process.exit(1), 150);
`;

const home = watchedHome();

/** Whether it is seen from outside first, or as a loop, hangs on this machine. */
function titlesHidden(story: string): string {
  return story.replace(/(incident on mortal|incident over|people are needed): .*\n.*\n/g, '$1\n').replace(/for \S+ the runbook/, 'for ‹kind› the runbook');
}

it('a loop that PM2 itself keeps going uses up the restart budget: we add nothing to it, and people are called', { timeout: 180_000 }, async () => {
  const curse = join(home.pm2.home, 'curse');
  const app = await home.pm2.startApp({ name: 'mortal', code: MORTAL, awaitAnswer: true, env: { CURSE: curse }, pm2: { restart_delay: 700, max_restarts: 1_000 } });
  const watch = await home.watch(`apps:
  mortal:
    url: ${app.url}
    endpoints: [{ path: /, samples: 1, timeout: 2s }]
    liveness: { path: /, every: 1s }
    runbook: { crash-loop: [pm2.restart], process-down: [pm2.restart], endpoint-failing: [pm2.restart], all-endpoints-failing: [pm2.restart] }
policy:
  default: act-and-tell
  restarts: { per_30m: 1, per_24h: 4 }
`);
  const { store, app: { id } } = watch;
  const acts = async (by: 'us' | 'pm2') => (await actsOn(store.db, id, 0)).filter((act) => act.by === by && act.kind === 'restart');
  await watch.steady();
  await writeFile(curse, '');
  const { reason } = await watch.incident('escalated');
  expect(reason).toContain('its restart budget is used up (1 restart in 30 min, the limit is 1)');
  const deaths = (await acts('pm2')).length;
  await until('PM2 to go on by itself', async () => (await acts('pm2')).length > deaths + 2, 60_000);
  expect(await acts('us')).toEqual([]);
  expect(countRestarts(await acts('pm2'), 0), 'its burst counts once').toBe(1);
  expect(titlesHidden(await watch.story())).toMatchInlineSnapshot(`
    "
    hypercare: the monitor began
        watches mortal
    hypercare: launch of mortal mortal began
        first seen
    hypercare: incident on mortal
    hypercare: pm2.restart is what can be tried
        for ‹kind› the runbook has nothing else
    hypercare: pm2.restart on mortal: deny
        rule budget:restarts: its restart budget is used up (1 restart in 30 min, the limit is 1)
    hypercare: people are needed
    "
  `);
});
