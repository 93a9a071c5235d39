import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ApplicationInsightsDouble, KEY } from '../../doubles/application-insights.js';
import { DiscordDouble, TOKEN } from '../../doubles/discord.js';
import type { Fault } from '../../doubles/http-place.js';
import { MailServer, PASSWORD, USER } from '../../doubles/mail-server.js';
import { SlackDouble } from '../../doubles/slack.js';
import { SIGNATURE, TeamsDouble } from '../../doubles/teams.js';
import { Refusal, TelegramDouble, type Chat } from '../../doubles/telegram.js';
import { PATH, SECRET, WebhookReceiver } from '../../doubles/webhook-receiver.js';
import { stageOfEachTest } from '../commands/spoken.js';
import { cli, writeConfig, type Ran } from './run.js';

const GROUP: Chat = { id: -500, type: 'group', title: 'ops' };
const PEOPLE = 'people: [{ name: Ann, role: approver, slack: U0ADA0001, telegram: 11 }]\n';

const stage = stageOfEachTest();
let slack: SlackDouble;
let telegram: TelegramDouble;

beforeEach(async () => {
  slack = await SlackDouble.start();
  telegram = await TelegramDouble.start();
  telegram.chat(GROUP);
  onTestFinished(async () => {
    await slack.stop();
    await telegram.close();
  });
});

interface Given {
  readonly channels?: string;
  readonly people?: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function chatTest({ channels = both(), people = PEOPLE, env = {} }: Given = {}, ...more: readonly string[]): Promise<Ran> {
  await writeConfig(stage, `host: vm-1\ndata_dir: ${stage.dir}\n${people}channels:\n${channels}`);
  const all = { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, TELEGRAM_BOT_TOKEN: telegram.token, ...env };
  const file = join(stage.dir, '.env');
  await writeFile(file, Object.entries(all).map(([name, value]) => `${name}=${value}\n`).join(''));
  await chmod(file, 0o600);
  const ran = await cli(stage, ['chat', 'test', ...more]);
  for (const secret of [slack.botToken, slack.appToken, telegram.token]) expect(ran.stdout + ran.stderr).not.toContain(secret);
  return ran;
}

function both(): string {
  return slackPart() + telegramPart();
}
function slackPart(more = ''): string {
  return `  slack: { channel: ${slack.channel}, api_url: "${slack.apiUrl}", level: critical${more} }\n`;
}
function telegramPart(more = ''): string {
  return `  telegram: { chat: ${GROUP.id}, api_root: "${telegram.wire.origin}"${more} }\n`;
}

const flat = (text: string): string => text.replace(/\s+/g, ' ');

/** A place that takes what channels that only tell post, and what they are configured with. */
async function telling(): Promise<{ readonly receiver: WebhookReceiver; readonly discord: DiscordDouble; readonly given: Given }> {
  const receiver = await WebhookReceiver.start();
  const discord = await DiscordDouble.start();
  onTestFinished(async () => {
    await receiver.place.close();
    await discord.place.close();
  });
  const channels = '  webhook: { apps: [shop] }\n  discord: { level: warning }\napps: { shop: "http://127.0.0.1:1" }\n';
  return { receiver, discord, given: { channels, env: { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: SECRET, DISCORD_WEBHOOK_URL: discord.url } } };
}

describe('hypercare chat test', () => {
  it('posts to channels that only tell, and says what each gets', async () => {
    const { receiver, discord, given } = await telling();
    const ran = await chatTest(given);
    expect(ran.stdout.replaceAll(new URL(receiver.url).host, 'HOST')).toMatchInlineSnapshot(`
      "✓ GOOD  all 2 channels work
        discord:223704706495545344: a test card was delivered
          gets warnings, what is critical, and what asks

        webhook:HOST: a test card was delivered
          gets everything, of shop and of the host
      "
    `);
    expect(ran.exit).toBe(0);
    expect(receiver.documents.map(({ type, data }) => [type, data.severity])).toEqual([['test', 'info'], ['test', 'info']]);
    expect(discord.shown()).toMatchObject([{ text: expect.stringContaining('nobody is heard here') as unknown }]);
  });

  it.each<[string, Fault, 'receiver' | 'discord', string]>([
    ['a signature that is not accepted', { status: 401 }, 'receiver', 'Does the receiver know the same WEBHOOK_SECRET?'],
    ['a receiver that wants no more', { status: 410 }, 'receiver', 'take `webhook` out of `channels`'],
    ['a redirect', { status: 308 }, 'receiver', 'a redirect is not followed'],
    ['a webhook that somebody deleted', { status: 404, body: '{"code":10015}' }, 'discord', 'Make a new webhook'],
  ])('tells %s, with what mends it and without an address', async (_, fault, where, mend) => {
    const all = await telling();
    all[where].place.breakOnce(fault);
    const ran = await chatTest(all.given);
    expect(flat(ran.stdout)).toContain(mend);
    expect(ran.exit).toBe(1);
    for (const secret of [SECRET, PATH, TOKEN]) expect(ran.stdout + ran.stderr).not.toContain(secret);
  });

  it('leaves one card in every channel, edited once, whatever the channel’s level', async () => {
    const ran = await chatTest();
    expect(ran.stdout).toMatchInlineSnapshot(`
      "✓ GOOD  all 2 channels work
        slack:C0OPS0001: a test card was delivered
          gets what is critical, and what asks

        telegram:-500: a test card was delivered
          gets everything
      "
    `);
    expect(ran).toMatchObject({ exit: 0, stderr: '' });
    expect(slack.shown()).toHaveLength(1);
    expect(slack.shown()[0]?.text).toContain('Test: hypercare can post and edit cards here');
    expect(telegram.messages(GROUP)).toHaveLength(1);
    expect(telegram.messages(GROUP)[0]?.text).toContain('Test: hypercare can post and edit cards here');
  });

  it('takes nothing from the bot that listens: it opens no socket and polls no update', async () => {
    await chatTest();
    expect(slack.sockets.opened).toBe(0);
    expect(telegram.calls.map(({ method }) => method)).not.toContain('getUpdates');
  });

  it('sends one letter, because it cannot be edited, and says which login is not accepted', async () => {
    const server = await MailServer.start();
    onTestFinished(() => server.stop());
    const channels = `  email: { host: 127.0.0.1, port: ${server.port}, user: ${USER}, from: a@example.com, to: ops@example.com }\n`;
    expect((await chatTest({ channels, env: { SMTP_PASSWORD: PASSWORD } })).exit).toBe(0);
    expect(server.received.map(({ text }) => text)).toEqual([expect.stringContaining('Test: hypercare can post cards here') as unknown]);
    const { stdout, exit } = await chatTest({ channels, env: { SMTP_PASSWORD: 'another-password' } });
    expect(flat(stdout)).toMatch(/does not accept the login \(535\).*Check `user`/);
    expect(stdout).not.toContain('another-password');
    expect(exit).toBe(1);
  });

  it('posts one card in Teams, and says what to do about a workflow that not anyone may start', async () => {
    const teams = await TeamsDouble.start();
    onTestFinished(() => teams.place.close());
    const given = { channels: '  teams:\n', env: { TEAMS_WORKFLOW_URL: teams.url } };
    expect((await chatTest(given)).exit).toBe(0);
    expect(teams.shown()).toHaveLength(1);
    teams.place.breakOnce({ status: 401 });
    const { stdout } = await chatTest(given);
    expect(flat(stdout)).toContain('Let anyone start the workflow');
    expect(stdout).not.toContain(SIGNATURE);
  });

  it('writes an event into Application Insights, and says that its key is not known', async () => {
    const azure = await ApplicationInsightsDouble.start();
    onTestFinished(() => azure.place.close());
    const test = (connection: string): Promise<Ran> => chatTest({ channels: '  application_insights:\n', env: { APPLICATIONINSIGHTS_CONNECTION_STRING: connection } });
    expect((await test(azure.connection)).exit).toBe(0);
    expect(azure.events.map(({ name }) => name)).toEqual(['hypercare.test', 'hypercare.test']);
    const { stdout } = await test(azure.connection.replace(KEY, '00000000-90ab-cdef-1234-567890abcdef'));
    expect(flat(stdout)).toContain('It does not know the instrumentation key.');
    expect(stdout).not.toContain('567890abcdef');
  });

  it('with --json gives a document', async () => {
    slack.scopes.delete('users:read');
    const { stdout, exit } = await chatTest({}, '--json');
    expect(exit).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, channels: [{ name: `slack:${slack.channel}`, told: true, troubles: [{ why: expect.stringContaining('users:read') as unknown }] }, { name: 'telegram:-500', told: true, troubles: [] }] });
  });

  it.each<readonly [string, () => Given, string, string]>([
    ['a scope that is missing', () => (slack.scopes.delete('channels:history'), {}), 'the bot token lacks channels:history', 'reinstall the app'],
    ['a scope without which nothing can be posted', () => (slack.scopes.delete('chat:write'), {}), 'Slack refused it (missing_scope)', 'Add the scope chat:write'],
    ['tokens that are swapped', () => ({ env: { SLACK_BOT_TOKEN: slack.appToken, SLACK_APP_TOKEN: slack.botToken } }), 'are swapped', 'xoxb-…'],
    ['an app token with the prefix of a user’s', () => ({ env: { SLACK_APP_TOKEN: 'xoxp-1-2-3' } }), 'is not an app-level token', 'connections:write'],
    ['an app token that was revoked', () => (slack.tokens.delete(slack.appToken), {}), 'could not ask Slack for a socket', 'Make an app-level token'],
    ['a bot token that was revoked', () => (slack.tokens.delete(slack.botToken), {}), 'invalid_auth', 'Reinstall the app'],
    ['no app token', () => ({ env: { SLACK_APP_TOKEN: '' } }), 'it tells and does not hear', 'connections:write'],
    ['a channel it is not in', () => (slack.workspace.addChannel(slack.channel, { is_member: false }), {}), 'not_in_channel', '/invite @hypercare'],
    ['a channel that is archived', () => (slack.workspace.addChannel(slack.channel, { is_archived: true }), {}), 'is_archived', 'Unarchive the channel'],
    ['another workspace', () => ({ channels: slackPart(', team: T0OTHER01') }), 'belongs to the workspace T0HOME001', 'take the token of that workspace'],
    ['a chat that threw it out', () => (telegram.forbid(GROUP, 'bot was kicked from the group chat'), {}), 'bot was kicked', 'Add the bot to the chat again'],
    ['a person who blocked it', () => (telegram.forbid(GROUP, 'bot was blocked by the user'), {}), 'bot was blocked by the user', 'let the person unblock it'],
    ['a chat it does not know', () => ({ channels: telegramPart().replace('-500', '-501') }), 'chat not found', 'check TELEGRAM_CHAT_ID'],
    ['a Telegram token that is none', () => ({ env: { TELEGRAM_BOT_TOKEN: '4200042:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsax' } }), 'Telegram does not accept TELEGRAM_BOT_TOKEN', '@BotFather'],
    ['a Telegram token of the wrong form', () => ({ env: { TELEGRAM_BOT_TOKEN: 'hello' } }), 'is not a bot token', '@BotFather'],
    ['nobody who could press', () => ({ people: '' }), 'nobody under `people` who may act has a slack account', '/hypercare whoami'],
  ])('tells %s, with what mends it', async (_, given, why, mend) => {
    const ran = await chatTest(given());
    expect(flat(ran.stdout)).toContain(why);
    expect(flat(ran.stdout)).toContain(mend);
    expect(ran.exit).toBe(1);
  });

  it('tells one refused token once, and goes on with the next channel', async () => {
    telegram.breakOnce(['sendMessage'], new Refusal(401, 'Unauthorized'));
    telegram.breakOnce(['getMe'], new Refusal(401, 'Unauthorized'));
    const { stdout } = await chatTest({ channels: telegramPart() + slackPart() });
    expect(stdout.match(/does not accept/g)).toHaveLength(1);
    expect(stdout).toContain(`slack:${slack.channel}: a test card was delivered`);
  });

  it('ends with 3 where nothing has to be mended: the platform is away', async () => {
    telegram.wire.down = true;
    const ran = await chatTest({ channels: telegramPart() });
    expect(ran.exit).toBe(3);
    expect(flat(ran.stdout)).toContain('Telegram did not answer');
  });

  it('ends with 1 where no chat is connected', async () => {
    const ran = await chatTest({ channels: '  console:\n' });
    expect(ran.exit).toBe(1);
    expect(flat(ran.stdout)).toContain('no chat is connected');
  });

  it.each([[[]], [['tset']], [['test', 'slack']]])('with %j is told how it is used', async (words) => {
    await writeConfig(stage);
    expect((await cli(stage, ['chat', ...words])).exit).toBe(2);
  });
});
