import { describe, expect, it } from 'vitest';
import { createGroups } from '../../../../bot/channels/slack/groups.js';
import { slackClient } from '../../../../bot/channels/slack/client.js';
import { givenEach } from '../../../doubles/given.js';
import { handClock } from '../../stage.js';
import { ADA, EVE, keepLog, openStage } from './stage.js';

const OPS = 'S0OPS0001';
const MINUTE = 60_000;

const stage = givenEach(() => openStage(), (one) => one.stop());

async function groupsOf() {
  stage.double.workspace.groups.set(OPS, [ADA]);
  const clock = handClock(0);
  const slack = await slackClient({ apiUrl: stage.double.apiUrl, botToken: stage.double.botToken, log: keepLog().log })();
  return { clock, isIn: createGroups({ slack, clock }), asked: () => stage.double.called('usergroups.users.list').length };
}

describe('a user group', () => {
  it('has its members, and nobody else', async () => {
    const { isIn } = await groupsOf();
    expect([await isIn(ADA, OPS), await isIn(EVE, OPS)]).toEqual([true, false]);
  });

  it('is asked for once a minute: who left it may nothing after that', async () => {
    const { isIn, clock, asked } = await groupsOf();
    await isIn(ADA, OPS);
    stage.double.workspace.groups.set(OPS, [EVE]);
    expect([await isIn(ADA, OPS), asked()]).toEqual([true, 1]);
    clock.advance(MINUTE);
    expect([await isIn(ADA, OPS), await isIn(EVE, OPS), asked()]).toEqual([false, true, 2]);
  });

  it.each([
    ['Slack does not answer', (): void => [0, 1, 2].forEach(() => stage.double.fault('usergroups.users.list', { kind: 'status', status: 503 })), 'Try again in a minute'],
    ['the scope is missing', (): void => void stage.double.scopes.delete('usergroups:read'), 'usergroups:read'],
    ['there is no such group', (): void => void stage.double.workspace.groups.delete(OPS), 'Slack knows no such group'],
  ])('is nobody’s right where %s, whatever was known before', async (_why, breaks, mend) => {
    const { isIn, clock } = await groupsOf();
    expect(await isIn(ADA, OPS)).toBe(true);
    clock.advance(MINUTE);
    breaks();
    await expect(isIn(ADA, OPS)).rejects.toMatchObject({ errorClass: 'denied', code: 'denied.group', mend: expect.stringContaining(mend) as string });
  });

  it('helps no guest, no bot and nobody of another workspace: they are refused before', async () => {
    for (const differs of [{ is_restricted: true }, { is_bot: true }, { is_stranger: true }]) {
      const id = stage.double.workspace.addUser(`U0X${Object.keys(differs)[0]?.toUpperCase().replace(/\W|_/g, '')}`, 'Someone', differs);
      stage.double.workspace.groups.set(OPS, [id]);
    }
    const heard = await stage.listen(async (utterance) => ({ audience: 'person', card: { subject: 'x', level: 'info', title: String(await utterance.isIn?.(OPS)), body: [], fields: [], buttons: [], footer: null } }));
    stage.double.workspace.groups.set(OPS, [ADA, ...stage.double.workspace.users.keys()]);
    for (const id of [...stage.double.workspace.users.keys()].filter((one) => one !== ADA)) await (await stage.double.people.command(id, '/hypercare status')).saw();
    expect(heard).toEqual([]);
    const seen = await (await stage.double.people.command(ADA, '/hypercare status')).saw();
    expect(seen.at(-1)?.text).toContain('true');
  });
});
