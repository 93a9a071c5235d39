import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseEnvFile } from '../../../src/config/env-file.js';
import { configPaths, forgetSecrets, processEnv, readEnvironment } from '../../../src/config/env.js';
import { mistakeLine } from '../../../src/config/mistake.js';
import { makeSecrets } from '../../../src/config/secrets.js';
import { directory } from './written.js';

function read(env: Record<string, string>, dotEnv?: string) {
  const dir = directory();
  const envFile = join(dir, '.env');
  if (dotEnv !== undefined) writeFileSync(envFile, dotEnv, { mode: 0o600 });
  const environment = readEnvironment({ env, envFile });
  return { ...environment, dir, lines: environment.mistakes.map(mistakeLine).map((line) => line.replaceAll(`${dir}/`, '')) };
}

describe('a .env file', () => {
  it.each([
    ['A=1', '1'],
    ['  A = 1  ', '1'],
    ['export A=1', '1'],
    ['A=1\r', '1'],
    ['A=', ''],
    ['A= # nothing', ''],
    ['A=p#ss', 'p#ss'],
    ['A=p ss # why', 'p ss'],
    ["A='p#s $X \\n' # why", 'p#s $X \\n'],
    ['A="a \\"b\\" #c\\nd"', 'a "b" #c\nd'],
    ['A=postgres://u:p#w@h/db?x=1', 'postgres://u:p#w@h/db?x=1'],
  ])('%j gives %j', (line, value) => {
    expect(parseEnvFile(`# first\n\n${line}\n`)).toEqual({ values: { A: value }, problems: [] });
  });

  it('takes the later of two', () => {
    expect(parseEnvFile('A=1\nA=2').values).toEqual({ A: '2' });
  });

  it('tells each malformed line by its number and not by its text, and reads the others', () => {
    expect(parseEnvFile('TOKEN: xoxb\nA=1\n1A=2\nB="open\nC=\'x\' y\nD=4')).toEqual({
      values: { A: '1', D: '4' },
      problems: [
        { line: 1, message: 'is not NAME=value' },
        { line: 3, message: 'is not NAME=value' },
        { line: 4, message: 'B: the quotes are not closed, or text follows them' },
        { line: 5, message: 'C: the quotes are not closed, or text follows them' },
      ],
    });
  });

  it('may name what every object has', () => {
    expect(Object.entries(parseEnvFile('__proto__=1\nconstructor=2').values)).toEqual([['__proto__', '1'], ['constructor', '2']]);
    expect(read({}).lookup('constructor')).toBeUndefined();
  });
});

describe('the environment', () => {
  it('is the process before the file, and empty is not set', () => {
    const { lookup, mistakes } = read({ A: 'process', B: '' }, 'A=file\nB=file\nC=\nD=file');
    expect(['A', 'B', 'C', 'D', 'E'].map(lookup)).toEqual(['process', 'file', undefined, 'file', undefined]);
    expect(mistakes).toEqual([]);
  });

  it('needs no file', () => {
    expect(read({}).mistakes).toEqual([]);
  });

  it('gives secrets from the process, from .env and from files they name', () => {
    const { dir, secrets } = read({ SLACK_BOT_TOKEN: 'xoxb-1' }, 'SLACK_APP_TOKEN=xapp-1\nTELEGRAM_BOT_TOKEN_FILE=token');
    writeFileSync(join(dir, 'token'), ' 1:abc\n');
    expect(secrets.SLACK_BOT_TOKEN).toBe('xoxb-1');
    expect(secrets.SLACK_APP_TOKEN).toBe('xapp-1');
    expect(secrets.DATABASE_URL).toBeUndefined();
    expect(readEnvironment({ env: {}, envFile: join(dir, '.env') }).secrets.TELEGRAM_BOT_TOKEN).toBe('1:abc');
  });

  it('tells what is wrong with a file that holds a secret', () => {
    const { lines } = read({ DATABASE_URL_FILE: '.', SLACK_BOT_TOKEN_FILE: 'none', SLACK_APP_TOKEN: 'xapp-1', SLACK_APP_TOKEN_FILE: 'some' });
    expect(lines).toEqual([
      '.env: DATABASE_URL_FILE: the file it names is a directory, not a file',
      '.env: SLACK_BOT_TOKEN_FILE: the file it names does not exist',
      '.env: SLACK_APP_TOKEN and SLACK_APP_TOKEN_FILE are both set: keep one of them',
    ]);
  });
});

describe('secrets', () => {
  const secrets = makeSecrets({ SLACK_BOT_TOKEN: 'xoxb-secret' });

  it.each([
    ['util.inspect', () => inspect(secrets)],
    ['util.inspect with hidden members', () => inspect({ a: [secrets] }, { showHidden: true, depth: 9 })],
    ['util.inspect without custom printing', () => inspect(secrets, { customInspect: false, showHidden: true })],
    ['JSON', () => JSON.stringify({ secrets })],
    ['a template', () => `${String(secrets)}`],
    ['a copy', () => JSON.stringify({ ...secrets })],
    ['its entries', () => JSON.stringify(Object.entries(secrets))],
    ['a clone', () => { try { return JSON.stringify(structuredClone(secrets)); } catch (error) { return String(error); } }],
  ])('are not in %s', (_where, print) => {
    expect(print()).not.toContain('xoxb');
  });

  it('print as [REDACTED] and are read by name', () => {
    expect([inspect(secrets), JSON.stringify(secrets), String(secrets), secrets.SLACK_BOT_TOKEN]).toEqual(['[REDACTED]', '"[REDACTED]"', '[REDACTED]', 'xoxb-secret']);
  });
});

describe("the process's own environment", () => {
  it('is copied, and forgets its secrets when told, so that PM2 and children cannot hand them on', () => {
    process.env['SLACK_BOT_TOKEN'] = 'xoxb-1';
    onTestFinished(() => void delete process.env['SLACK_BOT_TOKEN']);
    const before = processEnv();
    forgetSecrets();
    expect([before['SLACK_BOT_TOKEN'], process.env['SLACK_BOT_TOKEN']]).toEqual(['xoxb-1', undefined]);
  });
});

it('the configuration is looked for where the environment says, else here, and .env beside it', () => {
  expect(configPaths({}, '/srv/watch')).toEqual({ file: '/srv/watch/hypercare.yaml', envFile: '/srv/watch/.env' });
  expect(configPaths({ HYPERCARE_CONFIG: '../etc/hc.yaml' }, '/srv/watch')).toEqual({ file: '/srv/etc/hc.yaml', envFile: '/srv/etc/.env' });
});
