import { describe, expect, it } from 'vitest';
import type { SlackManifest } from '../../../bot/channels/slack/manifest.js';
import { stageOfEachTest } from '../commands/spoken.js';
import { cli, writeConfig } from './run.js';

const stage = stageOfEachTest((opened) => writeConfig(opened));

async function manifestOf(...argv: readonly string[]): Promise<SlackManifest> {
  const { exit, stdout } = await cli(stage, ['slack', 'manifest', ...argv]);
  expect(exit).toBe(0);
  return JSON.parse(stdout) as SlackManifest;
}

describe('hypercare slack manifest', () => {
  it('is for Socket Mode, and names no address at all', async () => {
    const manifest = await manifestOf();
    expect(manifest.settings).toMatchObject({ socket_mode_enabled: true, interactivity: { is_enabled: true }, event_subscriptions: { bot_events: ['app_mention', 'message.im'] } });
    expect(JSON.stringify(manifest)).not.toMatch(/https?:|"url"|request_url/);
  });

  it('stands alone on stdout, to be piped; what to do with it is said beside', async () => {
    const { stdout, stderr } = await cli(stage, ['slack', 'manifest']);
    expect(stdout.trimStart().startsWith('{') && stdout.trimEnd().endsWith('}')).toBe(true);
    expect(stderr).toMatch(/SLACK_BOT_TOKEN[\s\S]*connections:write[\s\S]*SLACK_APP_TOKEN[\s\S]*hypercare chat test/);
    expect(stderr).not.toContain('SLACK_SIGNING_SECRET');
  });

  it('comes with a link that holds the same manifest', async () => {
    const { stdout } = await cli(stage, ['slack', 'manifest', '--json']);
    const { manifest, link } = JSON.parse(stdout) as { manifest: SlackManifest; link: string };
    const url = new URL(link);
    expect(`${url.origin}${url.pathname}`).toBe('https://api.slack.com/apps');
    expect(url.searchParams.get('new_app')).toBe('1');
    expect(JSON.parse(url.searchParams.get('manifest_json') ?? '')).toEqual(manifest);
  });

  it('for HTTP names the one address wherever Slack calls, and turns Socket Mode off', async () => {
    const manifest = await manifestOf('--http', 'https://hooks.example/slack/events');
    const url = 'https://hooks.example/slack/events';
    expect(manifest.settings).toMatchObject({ socket_mode_enabled: false, interactivity: { request_url: url }, event_subscriptions: { request_url: url } });
    expect(manifest.features?.slash_commands).toMatchObject([{ url, should_escape: true }]);
    expect((await cli(stage, ['slack', 'manifest', '--http', 'https://hooks.example'])).stderr).toContain('SLACK_SIGNING_SECRET');
    expect((await manifestOf('--http', 'https://hooks.example')).settings?.interactivity?.request_url).toBe(url);
  });

  it('has the name the command bears in hypercare.yaml', async () => {
    await writeConfig(stage, 'host: vm-1\nchannels: { slack: { channel: C0123456789, command: /ops } }\n');
    expect((await manifestOf()).features?.slash_commands).toMatchObject([{ command: '/ops' }]);
  });

  it('holds to the limits of Slack’s schema (1.13)', async () => {
    const { display_information: display, features } = await manifestOf();
    expect(display.name.length).toBeLessThanOrEqual(35);
    expect(display.description?.length).toBeLessThanOrEqual(140);
    expect(features?.bot_user?.display_name).toMatch(/^[a-z0-9._-]{1,80}$/);
    expect(features?.slash_commands?.[0]?.command).toMatch(/^\/.{1,31}$/);
  });

  it.each([
    [[], 'it has a manifest'],
    [['manifesto'], 'there is no “slack manifesto”'],
    [['manifest', '--http'], '--http needs a value'],
    [['manifest', '--http', 'http://hooks.example/'], 'needs an https address'],
    [['manifest', '--http', 'https://ann:secret@hooks.example/'], 'needs an https address'],
    [['manifest', '--htt', 'x'], 'did you mean --http?'],
    [['manifest', 'now'], '“now” is one word too many'],
  ])('with %j is told what is wrong', async (words, told) => {
    const ran = await cli(stage, ['slack', ...words]);
    expect(ran).toMatchObject({ exit: 2, stdout: '' });
    expect(ran.stderr.replace(/\s+/g, ' ')).toContain(told);
    expect(ran.stderr).not.toContain('secret');
  });
});
