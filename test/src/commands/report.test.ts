import { describe, expect, it } from 'vitest';
import { report } from '../../../src/commands/report.js';
import { endLaunch } from '../../../src/store/launches.js';
import { openIncident, resolveIncident } from '../../../src/store/incidents.js';
import { keepScore } from '../../../src/store/scores.js';
import { commandContract } from '../../contracts/command.js';
import { cli, writeConfig } from '../cli/run.js';
import { launched } from './stage.js';
import { sayOn, stageOfEachTest } from './spoken.js';

const stage = stageOfEachTest();
const say = sayOn(stage, 'Vera');
const HOUR = 3_600_000;
const NASTY = 'status 500 <script>alert(1)</script> | *a* \u001b[31m';

commandContract(report);

const scored = (score: number | null, at: number) => stage.store.write((tx) => keepScore(tx, { hostId: stage.hostId, subject: stage.shop }, { score } as never, at));

/** 72 hours with one incident, which is over. */
async function signedOff(): Promise<string> {
  const { id } = await launched(stage, '4f2a91c');
  const began = stage.now;
  await scored(100, began);
  await scored(41, began + 10 * HOUR);
  await scored(97, began + 11 * HOUR);
  await stage.store.write(async (tx) => {
    const opened = await openIncident(tx, { resourceId: stage.shop, launchId: id, kind: 'hang', severity: 'critical', emergency: false, title: NASTY }, began + 10 * HOUR);
    await resolveIncident(tx, opened.id, 'good again by itself after 1 h', began + 11 * HOUR);
    await openIncident(tx, { resourceId: stage.shop, launchId: null, kind: 'host-logs', severity: 'info', emergency: false, title: 'nobody rotates its logs' }, began + 12 * HOUR);
  });
  stage.now = began + 72 * HOUR;
  await stage.store.write((tx) => endLaunch(tx, id, 'unproven', stage.now));
  return id;
}

describe('report', () => {
  it('tells how the watch went, what is left, and what is not watched', async () => {
    await signedOff();
    const { card, data } = await say('report shop');
    expect(card.title).toBe('shop: release 4f2a91c is not proven');
    expect(card.body[0]?.length).toBe(48);
    const body = card.body.join('\n');
    for (const told of ['Score 100 at the beginning, 41 at its lowest', '97 at the end', 'over after 1 h (good again by itself after 1 h)', 'Open advice: shop: nobody rotates its logs', 'Drift: Not watched', 'Accept it: hypercare restore-point shop', 'Watch on: hypercare launch shop']) expect(body).toContain(told);
    expect(data).toMatchObject({ state: 'unproven', score: { first: 100, lowest: 41, last: 97 }, drift: 'not watched', advice: [{ resource: 'shop' }] });
  });

  it('is Markdown or a page in which what an app said is no markup', async () => {
    const id = await signedOff();
    await writeConfig(stage);
    const [md, html] = [await cli(stage, ['report', id.slice(-6), '--md']), await cli(stage, ['report', id, '--html'])];
    expect([md.exit, html.exit, md.stderr, html.stderr]).toEqual([0, 0, '', '']);
    expect(md.stdout).toContain('# shop: release 4f2a91c is not proven\n');
    expect(md.stdout).toContain('status 500 \\<script\\>alert\\(1\\)\\</script\\> \\| \\*a\\*');
    expect([html.stdout.includes('<script'), html.stdout.includes('&#60;script&#62;'), html.stdout.includes('\u001b'), md.stdout.includes('\u001b')]).toEqual([false, true, false, false]);
    expect(html.stdout).toMatch(/<path d="M0 0L/);
    expect(html.stdout).not.toMatch(/(?:src|href)=/);
  });

  it('of a launch without a score and without trouble says so', async () => {
    await launched(stage);
    stage.now += HOUR;
    const body = (await say('report shop')).card.body.join('\n');
    for (const told of ['No score was known.', 'Incidents: None.', 'Repairs: None.', 'Healing debt: None.']) expect(body).toContain(told);
  });

  it('of what never went live, of nobody, and in two forms at once is refused', async () => {
    await expect(say('report shop')).rejects.toMatchObject({ code: 'launch.none' });
    await expect(say('report nobody')).rejects.toMatchObject({ code: 'app.unknown' });
    await expect(say('report shop --md --html')).rejects.toMatchObject({ code: 'usage' });
  });
});
