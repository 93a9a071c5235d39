import { describe, expect, it } from 'vitest';
import { closingWords, firstTry, processWords, strayWords } from '../../../scripts/start/words.js';

const place = { config: '/home/ann/.hypercare/hypercare.yaml', dataDir: '/home/ann/.hypercare', sample: true };

describe('what happened to monitor and bot', () => {
  it('says that nothing was changed only when nothing was', () => {
    const [monitor, bot] = [{ name: 'hypercare-monitor', pid: 7, restarts: 0, how: 'running' }, { name: 'hypercare-bot', pid: 8, restarts: 0, how: 'running' }] as const;
    expect(processWords([monitor, bot])).toBe('Already running: hypercare-monitor (pid 7) and hypercare-bot (pid 8). Nothing was changed.');
    expect(processWords([monitor, { ...bot, how: 'started' }])).toBe('Started hypercare-bot (pid 8). Already running: hypercare-monitor (pid 7).');
    expect(processWords([{ ...monitor, how: 'renewed' }, { ...bot, how: 'renewed' }])).toContain('Started anew, with program and configuration as they are now: hypercare-monitor');
  });
});

describe('the end of a start', () => {
  it('says what is watched, how it is, where to look and three things to try', () => {
    const apps = [
      { app: 'sample-shop', verdict: 'good', release: '6ab0c14', openIncidents: 0, looked: true },
      { app: 'api', verdict: 'bad', release: null, openIncidents: 1, looked: true },
    ];
    expect(closingWords(place, { kind: 'seen', apps }, firstTry('http://127.0.0.1:4870', null))).toMatchInlineSnapshot(`
      "
      hypercare watches 2 apps:
        sample-shop  well, release 6ab0c14
        api          NOT WELL, 1 open incident

      Where to look:
        configuration  /home/ann/.hypercare/hypercare.yaml (the bundled sample shop; to watch your own app, write a hypercare.yaml here)
        now            npx hypercare status
        as it happens  npx pm2 logs /hypercare/

      Three things to try:
        1. curl -s http://127.0.0.1:4870/checkout       be a customer of the shop
        2. npx hypercare demo hang --yes                break a second shop for real, and see it healed
        3. npx hypercare incidents                      what went wrong, and what was done

      \`npm stop\` ends what \`npm start\` started."
    `);
  });

  it('proposes to look at the way back only where there is one', () => {
    expect(firstTry(null, 'blog')[0]).toBe('npx hypercare rollback blog --plan');
    expect(firstTry(null, null)[0]).toBe('npx hypercare repairs');
  });
});

it('a token that is set in the shell is named, and told where to go', () => {
  expect(strayWords(place, [])).toBeNull();
  expect(strayWords(place, ['SLACK_BOT_TOKEN'])).toBe(
    'Note: SLACK_BOT_TOKEN is set in this shell, which monitor and bot do not inherit. Write it into /home/ann/.hypercare/.env (chmod 600).',
  );
});
