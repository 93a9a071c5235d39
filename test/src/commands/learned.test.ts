import { describe, expect, it } from 'vitest';
import { drawPlain } from '../../../src/cards/plain.js';
import type { Context, Result } from '../../../src/commands/command.js';
import { learned } from '../../../src/commands/learned.js';
import { runWords } from '../../../src/commands/run-words.js';
import { splitWords } from '../../../src/commands/split-words.js';
import { noteAct } from '../../../src/store/acts.js';
import { commandContract } from '../../contracts/command.js';
import { pastRun, type PastRun } from '../../doubles/past-run.js';
import { policy } from '../policy/policies.js';
import { stageOfEachTest } from './spoken.js';

const DAY = 24 * 3_600_000;

const stage = stageOfEachTest();

const say = async (line: string, change: Partial<Omit<Context, 'ask'>> = {}): Promise<Result> => runWords(splitWords(line), await stage.as('Vera', change));
const drawn = (result: Result): string => drawPlain(result.card, { width: 72, color: false });

/** So many runs two days apart, of which the first ones helped; the last ended so many days ago. */
async function ran(repair: string, helped: number, runs: number, how: Partial<PastRun> & { readonly ago?: number } = {}): Promise<void> {
  const { ago = 3, ...change } = how;
  await stage.store.write(async (tx) => {
    for (let n = 0; n < runs; n += 1) await pastRun(tx, { appId: stage.shop, at: stage.now - (ago + 2 * (runs - n)) * DAY, repair, kind: 'endpoint-failing', state: n < helped ? 'verified' : 'failed', ...change });
  });
}

commandContract(learned);

describe('learned', () => {
  it('says that nothing was learned where nothing was done', async () => {
    expect(drawn(await say('learned'))).toBe('i INFO  nothing was learned yet: no repair of an incident has ended');
  });

  it('shows what helped how often, and what is tried first because of it', async () => {
    await ran('pm2.reload', 1, 4);
    await ran('pm2.restart', 7, 8, { ago: 20 });
    await stage.store.write((tx) => pastRun(tx, { appId: stage.shop, at: stage.now - 3_600_000, repair: 'pm2.kill', kind: 'hang' }));
    await stage.store.write((tx) => noteAct(tx, { resourceId: stage.shop, at: stage.now - DAY, by: 'us', kind: 'restart', fingerprint: null, dedupe: 'a', note: 'pm2.kill' }));
    const result = await say('learned shop');
    expect(drawn(result)).toMatchInlineSnapshot(`
      "i INFO  shop: what became of 13 repairs
        For endpoint-failing:
        - pm2.reload helped 1 of 4 times (at least 5 %)
        - pm2.restart helped 7 of 8 times (at least 53 %)
        So pm2.restart is tried before pm2.reload.
        For hang:
        - pm2.kill: 1 run, not known yet
        Healing debt 2 in 7 days: 1 restart (1 × pm2.kill).

        a repair helped where the problem stayed away for 24 h; orders change
        from 4 runs on, and a rollback is never moved"
    `);
    expect(result.data).toMatchInlineSnapshot(`
      {
        "apps": [
          {
            "app": "shop",
            "debt": {
              "by": [
                {
                  "times": 1,
                  "what": "pm2.kill",
                },
              ],
              "points": 2,
              "restarts": 1,
            },
            "order": [
              {
                "before": "pm2.reload",
                "incident": "endpoint-failing",
                "repair": "pm2.restart",
              },
            ],
            "proposals": [],
            "repairs": [
              {
                "atLeast": 0.046,
                "helped": 1,
                "incident": "endpoint-failing",
                "repair": "pm2.reload",
                "runs": 4,
                "unknown": 0,
              },
              {
                "atLeast": 0.529,
                "helped": 7,
                "incident": "endpoint-failing",
                "repair": "pm2.restart",
                "runs": 8,
                "unknown": 0,
              },
              {
                "atLeast": 0,
                "helped": 0,
                "incident": "hang",
                "repair": "pm2.kill",
                "runs": 0,
                "unknown": 1,
              },
            ],
          },
        ],
        "version": 1,
      }
    `);
    expect(result.exit).toBe(0);
  });

  it('proposes to stop asking for what helped ten times after a yes, with the line to write', async () => {
    await ran('pm2.reload', 10, 10, { verdict: 'ask' });
    expect(drawn(await say('learned', { policy: policy('ask') }))).toMatchInlineSnapshot(`
      "i INFO  what became of 10 repairs
        shop
        For endpoint-failing:
        - pm2.reload helped 10 of 10 times (at least 72 %)
        pm2.reload helped 10 times in a row, each after a yes. Proposed:
        act-and-tell; write this first under policy.rules:
        - { repair: pm2.reload, target: shop, rung: act-and-tell }

        a repair helped where the problem stayed away for 24 h; orders change
        from 4 runs on, and a rollback is never moved"
    `);
    expect((await say('learned', { policy: policy('ask') })).data['apps']).toMatchObject([{ app: 'blog', repairs: [] }, { proposals: [{ from: 'ask', to: 'act-and-tell', runs: 10, rule: '- { repair: pm2.reload, target: shop, rung: act-and-tell }' }] }]);
  });

  it('proposes it no more once the policy says so, or forbids it', async () => {
    await ran('pm2.reload', 10, 10, { verdict: 'ask' });
    for (const said of [policy('act-and-tell'), { ...policy('ask'), deny: [{ repair: 'pm2.*', target: '*', when: null }] }, { ...policy('ask'), allow: [] }]) {
      expect(drawn(await say('learned shop', { policy: said }))).not.toContain('Proposed');
    }
  });

  it('proposes to ask before what it did twice by itself in vain', async () => {
    await ran('pm2.reload', 0, 2);
    expect(drawn(await say('learned shop', { policy: policy('act-and-tell') }))).toContain('pm2.reload did not help 2 times in a row. Proposed: ask; write');
  });

  it('names no app that there is not', async () => {
    await expect(say('learned shob')).rejects.toMatchObject({ errorClass: 'invalid' });
  });
});
