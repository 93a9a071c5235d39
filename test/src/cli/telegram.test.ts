import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.js';
import { systemClock } from '../../../src/io/clock.js';
import { anonymousAdmin, person, TelegramDouble, type Chat } from '../../doubles/telegram.js';
import { stageOfEachTest } from '../commands/spoken.js';
import { cli, writeConfig, type Ran } from './run.js';

const ANN = person(11, 'ann');
const EVE = person(66, 'eve');
const GROUP: Chat = { id: -500, type: 'group', title: 'ops' };
const PRIVATE: Chat = { id: 11, type: 'private' };
const PEOPLE = 'people:\n  - name: Ann   # on call\n    role: approver\n    terminal: ann\n  - { name: Ben, role: operator }\n';

const stage = stageOfEachTest();
let double: TelegramDouble;
/** Added to the machine's clock. */
let ahead: number;

beforeEach(async () => {
  ahead = 0;
  double = await TelegramDouble.start({ now: () => systemClock.now() + ahead });
  double.chat(GROUP);
  double.chat(PRIVATE);
  onTestFinished(() => double.close());
});

const file = (name: string): string => join(stage.dir, name);
const configured = (people = PEOPLE, chat = ''): Promise<string> => writeConfig(stage, `# ours\nhost: vm-1\ndata_dir: ${stage.dir}\n${people}channels: { telegram: { ${chat}api_root: "${double.wire.origin}" } }\n`);

async function env(text = `TELEGRAM_BOT_TOKEN=${double.token}\n`): Promise<void> {
  await writeFile(file('.env'), text);
  await chmod(file('.env'), 0o600);
}

/** Runs the command, and does `then` once it has shown its code. */
async function pairing(then: (code: string) => unknown, ...more: readonly string[]): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  let begun = false;
  const exit = await runCli({
    argv: ['telegram', 'pair', ...more], env: {}, cwd: stage.dir, home: stage.dir, user: 'ann', timeZone: 'UTC', clock: { ...systemClock, now: double.now, sleep: () => systemClock.sleep(5) },
    stdout: { write: (text) => void (stdout += text) },
    stderr: {
      write(text) {
        stderr += text;
        const [, code] = /\/pair ([A-Z2-9]{4}-[A-Z2-9]{4})/.exec(stderr) ?? [];
        if (code === undefined || begun) return;
        begun = true;
        setImmediate(() => then(code));
      },
    },
  });
  expect(stdout + stderr).not.toContain(double.token);
  return { exit, stdout, stderr };
}

describe('hypercare telegram pair', () => {
  it('writes who sent the code and from which chat into the files, which are otherwise as they were', async () => {
    await configured();
    await env(`# secrets\nTELEGRAM_BOT_TOKEN=${double.token}\nTELEGRAM_CHAT_ID=\n`);
    const before = await readFile(file('hypercare.yaml'), 'utf8');
    const ran = await pairing((code) => double.say(ANN, GROUP, `/pair@ops_bot ${code.toLowerCase().replace('-', ' ')}`));
    expect(ran.exit).toBe(0);
    expect(ran.stdout).toContain('Ann is paired with the Telegram account of ann');
    expect(await readFile(file('hypercare.yaml'), 'utf8')).toBe(before.replace('    terminal: ann\n', '    terminal: ann\n    telegram: 11\n'));
    expect(await readFile(file('.env'), 'utf8')).toBe(`# secrets\nTELEGRAM_BOT_TOKEN=${double.token}\nTELEGRAM_CHAT_ID=-500\n`);
    expect((await stat(file('.env'))).mode & 0o777).toBe(0o600);
    expect(double.messages(GROUP).map(({ text }) => text)).toEqual(['Paired: this account is Ann for hypercare on vm-1.']);
    expect((await cli(stage, ['config', 'check'])).stdout).toContain('the configuration is right');
  });

  it('is told to the sender in private too, with a document for scripts', async () => {
    await configured();
    await env();
    const { exit, stdout } = await pairing((code) => double.say(ANN, PRIVATE, `/pair ${code}`), '--json');
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ version: 1, person: 'Ann', user: '11', chat: 11, written: true });
    expect(await readFile(file('.env'), 'utf8')).toContain('TELEGRAM_CHAT_ID=11\n');
  });

  it('leaves the chat alone that is known', async () => {
    await configured(PEOPLE, 'chat: -500, ');
    await env();
    const ran = await pairing((code) => double.say(ANN, PRIVATE, `/pair ${code}`));
    expect(ran.stdout.replace(/\s+/g, ' ')).toContain('Cards go on to the chat -500. To have them in this one, set TELEGRAM_CHAT_ID=11.');
    expect(await readFile(file('.env'), 'utf8')).not.toContain('CHAT_ID');
  });

  it('pairs somebody else by name', async () => {
    await configured();
    await env();
    await pairing((code) => double.say(person(12, 'ben'), PRIVATE, `/pair ${code}`), '--person', 'ben');
    expect(await readFile(file('hypercare.yaml'), 'utf8')).toContain('- { name: Ben, role: operator, telegram: 12 }');
  });

  it('makes the first person of who sits at the terminal', async () => {
    await configured('');
    await env();
    expect((await pairing((code) => double.say(ANN, PRIVATE, `/pair ${code}`))).exit).toBe(0);
    expect(await readFile(file('hypercare.yaml'), 'utf8')).toMatch(/\npeople:\n {2}- \{ name: "ann", role: approver, terminal: "ann", telegram: 11 \}\n$/);
    expect((await cli(stage, ['config', 'check'])).stdout).toContain('the configuration is right');
  });

  it('says what to write where a file is not to be added to', async () => {
    await configured('people: [{ name: Ann, role: approver, terminal: *me }]\n');
    const text = (await readFile(file('hypercare.yaml'), 'utf8')).replace('host: vm-1', 'host: &me ann');
    await writeFile(file('hypercare.yaml'), text);
    await env();
    const ran = await pairing((code) => double.say(ANN, PRIVATE, `/pair ${code}`));
    expect(ran.exit).toBe(1);
    expect(ran.stdout.replace(/\s+/g, ' ')).toContain('below Ann under people: telegram: 11 (the file is written in a way that is left to you)');
    expect(await readFile(file('hypercare.yaml'), 'utf8')).toBe(text);
  });
});

describe('a code', () => {
  beforeEach(async () => {
    await configured();
    await env();
  });

  it('is another one each time', async () => {
    const codes: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      await configured();
      await pairing((code) => {
        codes.push(code);
        double.say(ANN, PRIVATE, `/pair ${code}`);
      });
    }
    expect(new Set(codes).size).toBe(2);
  });

  it('is good once: who sends it after that is nobody', async () => {
    let used = '';
    await pairing((code) => {
      used = code;
      double.say(ANN, PRIVATE, `/pair ${code}`);
    });
    await configured();
    const ran = await pairing((code) => {
      double.say(EVE, GROUP, `/pair ${used}`);
      double.say(ANN, GROUP, `/pair ${code}`);
    }, '--json');
    expect(JSON.parse(ran.stdout)).toMatchObject({ user: '11' });
    expect(double.messages(GROUP).map(({ text }) => text)).toEqual(['That is not the code.', expect.stringContaining('Paired')]);
  });

  it('is void after five wrong ones, and nothing is written', async () => {
    const before = await readFile(file('hypercare.yaml'), 'utf8');
    const ran = await pairing((code) => {
      for (let n = 0; n < 5; n += 1) double.say(EVE, GROUP, `/pair AAAA-AAA${n}`);
      double.say(ANN, GROUP, `/pair ${code}`);
    });
    expect(ran).toMatchObject({ exit: 2, stdout: '' });
    expect(ran.stderr).toContain('5 wrong codes were sent to the bot; this one is void');
    expect(await readFile(file('hypercare.yaml'), 'utf8')).toBe(before);
  });

  it('expires after ten minutes', async () => {
    const ran = await pairing(() => (ahead = 10 * 60_000));
    expect(ran).toMatchObject({ exit: 3, stdout: '' });
    expect(ran.stderr).toContain('nobody sent the code within 10 minutes');
  });

  it.each<readonly [string, (code: string) => unknown]>([
    ['a bot', (code) => double.say({ ...EVE, is_bot: true }, GROUP, `/pair ${code}`)],
    ['an anonymous administrator', (code) => double.say(EVE, GROUP, `/pair ${code}`, anonymousAdmin(GROUP))],
    ['a channel', (code) => double.channelPost(GROUP, `/pair ${code}`)],
    ['a message that is handed on', (code) => double.say(EVE, GROUP, `/pair ${code}`, { forward_origin: { type: 'user' } })],
    ['a message from before it was drawn', (code) => double.say(EVE, GROUP, `/pair ${code}`, { date: Math.floor(double.now() / 1_000) - 60 })],
  ])('is not taken from %s', async (_, send) => {
    const ran = await pairing((code) => {
      send(code);
      setTimeout(() => double.say(ANN, PRIVATE, `/pair ${code}`), 50);
    }, '--json');
    expect(JSON.parse(ran.stdout)).toMatchObject({ user: '11', chat: 11 });
  });

  it('keeps for the bot what others said meanwhile', async () => {
    await pairing((code) => {
      double.say(EVE, GROUP, '/status');
      double.say(ANN, PRIVATE, `/pair ${code}`);
    });
    expect(double.updates.waiting.map((update) => (update['message'] as { text: string }).text)).toEqual(['/status', expect.stringContaining('/pair')]);
  });

  it('leaves nothing for the bot where nobody said anything else', async () => {
    await pairing((code) => double.say(ANN, PRIVATE, `/pair ${code}`));
    expect(double.updates.waiting).toEqual([]);
  });

  it('is not asked for where Telegram calls the bot', async () => {
    double.updates.webhook = true;
    double.webhook.set({ url: 'https://hooks.example/x' });
    const ran = await cli(stage, ['telegram', 'pair']);
    expect(ran.exit).toBe(2);
    expect(ran.stderr.replace(/\s+/g, ' ')).toContain('Say /whoami to the bot in private');
  });
});

describe('what is missing', () => {
  it.each<readonly [string, () => Promise<unknown>, readonly string[], string]>([
    ['a token', () => env(''), [], 'Say /newbot to @BotFather'],
    ['a person of that name', () => env(), ['--person', 'Bem'], 'Did you mean “Ben”?'],
    ['a person at this terminal', async () => (await env(), configured('people: [{ name: Ben, role: operator }]\n')), [], 'hypercare telegram pair --person <name>, one of Ben'],
    ['room: there is an account already', async () => (await env(), configured('people: [{ name: Ann, role: operator, terminal: ann, telegram: 7 }]\n')), [], 'Ann has a Telegram account already'],
    ['a token that is one', () => env(`TELEGRAM_BOT_TOKEN=1:${'a'.repeat(35)}\n`), [], 'Telegram does not accept TELEGRAM_BOT_TOKEN'],
  ])('is told: %s', async (_, given, more, told) => {
    await configured();
    await given();
    const ran = await cli(stage, ['telegram', 'pair', ...more]);
    expect(ran.exit).toBe(2);
    expect(ran.stderr.replace(/\s+/g, ' ')).toContain(told);
  });
});
