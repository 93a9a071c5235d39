import { describe, expect, it } from 'vitest';
import { createLogger, type LogSettings } from '../../../src/io/log.js';
import { HypercareError } from '../../../src/domain/errors.js';

function capture(settings: Partial<LogSettings> = {}): { log: ReturnType<typeof createLogger>; lines: string[] } {
  const lines: string[] = [];
  return { log: createLogger({ format: 'text', level: 'info', ...settings }, (line) => lines.push(line)), lines };
}

const SECRETS = [
  'xoxb-1234567890-abcdefghij',
  'xapp-1-A123-456-abcdef',
  '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw_',
  'https://hooks.slack.com/services/T000/B000/XXXX',
  'postgres://shop:hunter2hunter2@db/shop',
  'Bearer abcdef0123456789',
];
const TELLTALES = ['abcdefghij', 'A123-456', 'AAHdqTcv', 'T000', 'hunter2', 'abcdef0123456789'];

describe('log', () => {
  it('writes one line for people: time, level, message, facts', () => {
    const { log, lines } = capture();
    log.child({ incident: 'i1' }).warn({ check: 'ping', ms: 2004 }, 'shop does not answer');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d WARN  shop does not answer {2}incident=i1 check=ping ms=2004\n$/);
  });

  it('writes the same as one JSON object by setting', () => {
    const { log, lines } = capture({ format: 'json' });
    log.info({ app: 'shop' }, 'watching 100%s');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', app: 'shop', msg: 'watching 100%s' });
  });

  it.each(['text', 'json'] as const)('lets no secret through as %s, wherever it stands', (format) => {
    const { log, lines } = capture({ format });
    for (const secret of SECRETS) {
      log.error({ note: secret, list: [{ deep: secret }], err: new HypercareError('x.y', 'transient', secret, null, { cause: new Error(secret) }) }, `failed with ${secret}`);
      log.child({ url: secret }).info({}, 'child');
    }
    for (const key of ['token', 'botToken', 'client_secret', 'password', 'authorization', 'Cookie', 'webhookUrl']) {
      log.info({ [key]: 'plainvalue', nested: { [key]: ['plainvalue'] } }, 'named');
    }
    const all = lines.join('');
    for (const telltale of [...TELLTALES, 'plainvalue']) expect(all).not.toContain(telltale);
    expect(all).toContain('[redacted]');
  });

  it('shows an error by its code and text, without its stack', () => {
    const { log, lines } = capture();
    log.error({ err: new HypercareError('git.locked', 'transient', 'another git works there') }, 'no checkout');
    expect(lines[0]).toContain('git.locked');
    expect(lines[0]).toContain('another git works there');
    expect(lines[0]).not.toContain('.ts:');
  });

  it('keeps one line though a text from outside holds line ends and colours', () => {
    const { log, lines } = capture();
    log.info({ out: 'a\nINFO  forged\u001b[31m' }, 'said\r\nmore');
    expect(lines).toHaveLength(1);
    expect((lines[0] ?? '').slice(0, -1)).not.toMatch(/[\u0000-\u001f]/);
  });

  it('survives a fact that refers to itself', () => {
    const { log, lines } = capture({ format: 'json' });
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    log.info({ loop }, 'round');
    expect(lines).toHaveLength(1);
  });

  it('says nothing below its level', () => {
    const { log, lines } = capture({ level: 'warn' });
    log.info({}, 'quiet');
    expect(lines).toEqual([]);
  });
});
